import pg from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import type { CleanUp } from "./clean-up.ts";

/** A session of the application, at the same time as the run. */
export interface Client {
  execute(sql: string): Promise<void>;
  /** Ends the session and releases its locks. */
  leave(): Promise<void>;
}

/** Opens a session of the application. */
export async function openClient(cleanUp: CleanUp, database: TestDatabase): Promise<Client> {
  const client = new pg.Client({ ...database, application_name: "the application" });
  client.on("error", () => undefined);
  await client.connect();
  const leave = (): Promise<void> => client.end().catch(() => undefined);
  cleanUp.after(leave);
  return {
    async execute(sql) {
      await client.query(sql);
    },
    leave,
  };
}

/** The existing tables that migrations work on. */
export async function tablesOf(database: TestDatabase): Promise<string[]> {
  const tables = await query<{ name: string }>(
    database,
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
        AND relname IN ('counter', 'gifts', 'parts', 'parts_1', 'parts_2') ORDER BY 1`,
  );
  return tables.map(({ name }) => name);
}

/** Waits until there is a table to lock, or the run has ended. */
export async function someTable(
  database: TestDatabase,
  hasEnded: () => boolean,
): Promise<[string, ...string[]] | undefined> {
  while (!hasEnded()) {
    const [first, ...others] = await tablesOf(database);
    if (first !== undefined) return [first, ...others];
    await sleep(10);
  }
  return undefined;
}
