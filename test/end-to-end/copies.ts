import type { TestDatabase } from "../database.ts";
import { query } from "../database-state.ts";

/** The copies of a test database, oldest first. */
export async function copiesOf({ database, ...server }: TestDatabase): Promise<string[]> {
  const rows = await query<{ datname: string }>(
    { ...server, database: "postgres" },
    "SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1",
    [`${database}_copy_`],
  );
  return rows.map(({ datname }) => datname);
}

/** Drops them, because they outlive the database. */
export async function dropCopies(database: TestDatabase): Promise<void> {
  for (const copy of await copiesOf(database))
    await query({ ...database, database: "postgres" }, `DROP DATABASE "${copy}" WITH (FORCE)`);
}
