import { quoteName } from "../text/identifier.ts";
import { parseStatements } from "./parsed-statement.ts";

/** The names in a query, without those in the views and functions that it uses. */
export interface QueryNames {
  /** The quoted names of tables and views. */
  relations: string[];
  /** All possible function names, without schemas: `total(o)` can be written as `o.total`. */
  functions: string[];
  operators: string[];
}

interface Named {
  String?: { sval?: string };
}

/** Reads the names in a query. */
export async function namesIn(sql: string): Promise<QueryNames> {
  const { statements } = await parseStatements(sql);
  return namesInTrees(statements.map(({ node }) => node));
}

/** The same for parse trees. */
export function namesInTrees(trees: readonly unknown[]): QueryNames {
  const [relations, ownNames] = [new Set<string>(), new Set<string>()];
  const [functions, operators] = [new Set<string>(), new Set<string>()];
  const last = (names: readonly Named[] = []): string => names.at(-1)?.String?.sval ?? "";
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value as Record<string, Record<string, unknown>>)) {
      if (key === "RangeVar") relations.add(nameOf(member as unknown as RangeVariable));
      if (key === "CommonTableExpr") ownNames.add(quoteName([String(member["ctename"])]));
      if (key === "FuncCall") functions.add(last(member["funcname"] as Named[]));
      if (key === "ColumnRef") functions.add(last(member["fields"] as Named[]));
      if (key === "A_Indirection") functions.add(last(member["indirection"] as Named[]));
      if (key === "A_Expr") operators.add(last(member["name"] as Named[]));
      walk(member);
    }
  };
  for (const tree of trees) walk(tree);
  const named = [...relations].filter((name) => !ownNames.has(name));
  return { relations: named, functions: [...functions], operators: [...operators] };
}

interface RangeVariable {
  schemaname?: string;
  relname: string;
}

function nameOf({ schemaname, relname }: RangeVariable): string {
  return quoteName(schemaname === undefined ? [relname] : [schemaname, relname]);
}
