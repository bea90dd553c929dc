import type { Database } from "../session/database.ts";
import { quoteLiteral, quoteName } from "../text/identifier.ts";

/** A partition that one statement detaches CONCURRENTLY, both by their quoted names. */
export interface PartitionDetachment {
  table: string;
  partition: string;
}

interface RangeVariable {
  schemaname?: string;
  relname?: string;
}

/** Reads the partition that a statement of PostgreSQL's parse tree detaches; undefined if it detaches none. */
export function partitionDetachmentOf(
  type: string,
  node: Record<string, unknown>,
): PartitionDetachment | undefined {
  if (type !== "AlterTableStmt") return undefined;
  const { relation, cmds } = node as {
    relation?: RangeVariable;
    cmds?: { AlterTableCmd?: { def?: { PartitionCmd?: { name?: RangeVariable } } } }[];
  };
  const partition = cmds?.[0]?.AlterTableCmd?.def?.PartitionCmd?.name;
  if (relation === undefined || partition === undefined) return undefined;
  return { table: nameOf(relation), partition: nameOf(partition) };
}

/** True if both tables exist, so that one can have been detached from the other. */
export async function bothExist(
  database: Database,
  { table, partition }: PartitionDetachment,
): Promise<boolean> {
  const names = [table, partition].map((name) => `pg_catalog.to_regclass(${quoteLiteral(name)}) IS NOT NULL`);
  return (await database.query(`SELECT WHERE ${names.join(" AND ")}`)).length > 0;
}

/**
 * The state of a detachment. An interrupted one is `pending`: the table no longer shows the partition's rows, and
 * PostgreSQL detaches no other partition until it is finished.
 */
export async function detachmentState(
  database: Database,
  { table, partition }: PartitionDetachment,
): Promise<"attached" | "pending" | "detached"> {
  const [found] = await database.query<{ pending: boolean }>(
    // Servers before 14 lack this column, and refuse the statement itself.
    `SELECT coalesce((pg_catalog.to_jsonb(i) OPERATOR(pg_catalog.->>) 'inhdetachpending')::pg_catalog.bool, false) AS pending
       FROM pg_catalog.pg_inherits i
      WHERE inhparent OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(table)})
        AND inhrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(partition)})`,
  );
  if (found === undefined) return "detached";
  return found.pending ? "pending" : "attached";
}

/** The statement that finishes a pending detachment. */
export function finalizeDetachment({ table, partition }: PartitionDetachment): string {
  return `ALTER TABLE ${table} DETACH PARTITION ${partition} FINALIZE`;
}

function nameOf({ schemaname, relname = "" }: RangeVariable): string {
  return quoteName(schemaname === undefined ? [relname] : [schemaname, relname]);
}
