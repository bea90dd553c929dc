import type { TestContext } from "node:test";
import {
  applyRun,
  connect,
  type Connection,
  type Database,
  type Folder,
  type Plan,
  planRun,
  type RunRequest,
  type RunResult,
  type SessionSettings,
} from "../../engine/index.ts";
import { createTestDatabase } from "../database.ts";

/** A database of one test and a session on it, as a superuser. */
export interface Target {
  connection: Connection & { host: string; port: number; database: string; user: string; password: string };
  database: Database;
}

/** Creates a database of one test and opens a session on it. */
export async function openTarget(
  t: TestContext,
  options: { schema?: string; settings?: SessionSettings } = {},
): Promise<Target> {
  const { schema, settings } = options;
  const connection = { ...(await createTestDatabase(t)), ...(schema === undefined ? {} : { schema }) };
  return { connection, database: await openSession(t, connection, settings) };
}

/** Opens another session, which is closed after the test. */
export async function openSession(
  t: TestContext,
  connection: Connection,
  settings: SessionSettings = {},
): Promise<Database> {
  const database = await connect(connection, settings);
  t.after(() => database.close());
  return database;
}

/** Creates a role of one test without any privileges and returns its connection. */
export async function createRole(
  t: TestContext,
  { connection, database }: Target,
  options = "",
): Promise<Target["connection"]> {
  const user = `role ${connection.database}`;
  await database.execute(`CREATE ROLE "${user}" LOGIN PASSWORD 'plain' ${options}`);
  t.after(async () => {
    const superuser = await connect({ ...connection, database: "postgres" });
    // The database, with the objects of the role in it, may be dropped later than this.
    await superuser.execute(`ALTER ROLE "${user}" NOLOGIN`);
    await superuser.close();
  });
  return { ...connection, user, password: "plain" };
}

/** Plans and applies the pending migrations. */
export async function run(
  database: Database,
  folder: Folder,
  { plan, ...request }: Partial<RunRequest> & { plan?: Plan } = {},
): Promise<RunResult> {
  const { steps, options } = plan ?? (await planRun({ database, folder }));
  return applyRun({ database, folder, steps, planOptions: options, ...request });
}

/** A row of Prisma's ledger. */
export interface LedgerRow {
  id: string;
  checksum: string;
  finished_at: Date | null;
  migration_name: string;
  logs: string | null;
  rolled_back_at: Date | null;
  started_at: Date;
  applied_steps_count: number;
}

/** The ledger of the schema `public`, in the order in which its rows were started. */
export async function ledgerRows(database: Database): Promise<LedgerRow[]> {
  return database.query<LedgerRow>("SELECT * FROM public._prisma_migrations ORDER BY started_at");
}

/** Makes the ledger look as if the run had died between a statement that runs alone and its row. */
export async function unfinish(database: Database, migration: string): Promise<void> {
  await database.query(
    `UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0,
            logs = 'pulumi-pg-migrations: 0 of its segments are applied (' || repeat('0', 64) || ')'
      WHERE migration_name = $1 AND rolled_back_at IS NULL`,
    [migration],
  );
}

/** Resolves when a query returns a row; lets a test wait for another session. */
export async function until(database: Database, sql: string, values: unknown[] = []): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await database.query(sql, values)).length === 0)
    if (Date.now() > deadline) throw new Error(`It did not happen within a minute: ${sql}`);
}
