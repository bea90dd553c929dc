import type { CheckSession } from "../../kind/check-kind.ts";
import { given } from "./given-sql.ts";

/** The plan of a query, as EXPLAIN prints it. */
export interface QueryPlan {
  Plan: PlanNode;
  /** Milliseconds, if it was executed. */
  "Execution Time"?: number;
}

/** A step of a plan, reduced to the members that are used here. */
export interface PlanNode {
  "Node Type": string;
  "Total Cost": number;
  "Relation Name"?: string;
  "Index Name"?: string;
  /** The schema of the relation. If the step has only an index, of the relation of a step above. */
  Schema?: string;
  Plans?: PlanNode[];
}

/** Explains a query, with options such as `ANALYZE`. */
export async function explain(
  session: CheckSession,
  query: string,
  ...options: string[]
): Promise<QueryPlan> {
  const [row] = await session.rows<{ "QUERY PLAN": [QueryPlan] }>(
    `EXPLAIN (${[...options, "FORMAT JSON"].join(", ")}) ${given(query)}`,
  );
  if (row === undefined) throw new Error("EXPLAIN returned no plan.");
  return row["QUERY PLAN"][0];
}

/** All steps that read a table or an index. */
export function scansOf(node: PlanNode, schema?: string): PlanNode[] {
  const own = node.Schema ?? schema;
  const isScan = node["Index Name"] !== undefined || node["Relation Name"] !== undefined;
  const inner = (node.Plans ?? []).flatMap((child) => scansOf(child, own));
  return isScan ? [{ ...node, ...(own === undefined ? {} : { Schema: own }) }, ...inner] : inner;
}

/** A step as EXPLAIN writes it: `Index Scan using gifts_pkey on gifts`. */
export function scanText(node: PlanNode): string {
  const { "Node Type": type, "Relation Name": relation, "Index Name": index } = node;
  if (relation === undefined) return `${type} on ${index ?? ""}`;
  return index === undefined ? `${type} on ${relation}` : `${type} using ${index} on ${relation}`;
}
