import type { Database } from "./database.ts";
import { quoteLiteral } from "./identifier.ts";

/**
 * Gives the statements that `work` would run, as one script, and runs none of them: what needs no answer in between
 * can then be sent in one message. `work` sees no rows.
 */
export async function collectedStatements(
  database: Database,
  work: (collector: Database) => Promise<void>,
): Promise<string> {
  const statements: string[] = [];
  const collector = Object.create(database, {
    address: { value: database.address },
    query: {
      value: (sql: string, values: readonly unknown[] = []) => {
        statements.push(withValues(sql, values));
        return Promise.resolve([]);
      },
    },
    execute: {
      value: (script: string) => {
        statements.push(script);
        return Promise.resolve();
      },
    },
  }) as Database;
  await work(collector);
  return statements.join(";\n");
}

/** A statement with its parameters written out. It must not have what looks like a parameter in a string. */
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
