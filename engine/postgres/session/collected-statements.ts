import type { Queryable } from "./database.ts";
import { quoteLiteral } from "../text/identifier.ts";
import { announceQuery } from "./query-channel.ts";

/**
 * Returns the statements that `work` would run, as one script, and runs none of them. Statements that need no result in
 * between can then be sent in one message. `work` sees no rows.
 */
export async function collectedStatements(
  { address }: Pick<Queryable, "address">,
  work: (collector: Queryable) => Promise<void>,
): Promise<string> {
  const collector = new Collector(address);
  await work(collector);
  return collector.statements.join(";\n");
}

class Collector implements Queryable {
  readonly address: Queryable["address"];
  readonly statements: string[] = [];

  constructor(address: Queryable["address"]) {
    this.address = address;
  }

  query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    announceQuery(sql);
    this.statements.push(withValues(sql, values));
    return Promise.resolve([]);
  }
}

/** A statement with its parameters written out. Its strings must not contain anything that looks like a parameter. */
function withValues(sql: string, values: readonly unknown[]): string {
  return sql.replace(/\$(\d+)/g, (_, number: string) => written(values[Number(number) - 1]));
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (Array.isArray(value)) return `ARRAY[${value.map(written).join(", ")}]::text[]`;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return quoteLiteral(String(value));
  throw new TypeError(`A parameter of type ${typeof value} cannot be written out.`);
}
