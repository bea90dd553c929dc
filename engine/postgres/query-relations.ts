import { quoteName } from "./identifier.ts";
import { parseStatements } from "./parsed-statement.ts";

/** The quoted names of the tables and views that a query names; not those that its views and functions read. */
export async function relationsNamedIn(sql: string): Promise<string[]> {
  const { statements } = await parseStatements(sql);
  const named = new Set<string>();
  const ownNames = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === "RangeVar") named.add(nameOf(member as RangeVariable));
      if (key === "CommonTableExpr") ownNames.add(quoteName([(member as { ctename: string }).ctename]));
      walk(member);
    }
  };
  for (const { node } of statements) walk(node);
  return [...named].filter((name) => !ownNames.has(name));
}

interface RangeVariable {
  schemaname?: string;
  relname: string;
}

function nameOf({ schemaname, relname }: RangeVariable): string {
  return quoteName(schemaname === undefined ? [relname] : [schemaname, relname]);
}
