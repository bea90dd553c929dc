import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Folder, readFolder } from "../../engine/index.ts";
import { query } from "../database-state.ts";
import type { TestDatabase } from "../database.ts";
import { writeFiles } from "../migration-folder.ts";
import type { CleanUp } from "./clean-up.ts";
import type { Server } from "./fault.ts";
import type { Scenario } from "./scenario.ts";

/** The server that the suite was started with. */
export function suiteServer(): Server {
  return {
    host: process.env["TEST_PGHOST"] ?? "",
    port: Number(process.env["TEST_PGPORT"]),
    user: process.env["TEST_PGUSER"] ?? "",
    password: process.env["TEST_PGPASSWORD"] ?? "",
  };
}

/** True if a server accepts connections. One that recovers from a crash exists but does not. */
export async function isAnswering(server: Server): Promise<boolean> {
  return query({ ...server, database: "postgres" }, "SELECT 1").then(
    () => true,
    () => false,
  );
}

/** Creates a database for one trial, in a tablespace if one is named. */
export async function createTrialDatabase(
  cleanUp: CleanUp,
  server: Server,
  tablespace = "pg_default",
): Promise<TestDatabase> {
  const name = `fault_${randomBytes(8).toString("hex")}`;
  const maintenance = { ...server, database: "postgres" };
  await query(maintenance, `CREATE DATABASE ${name} TEMPLATE template0 TABLESPACE ${tablespace}`);
  cleanUp.after(() => query(maintenance, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  return { ...server, database: name };
}

/** Writes the folder of a scenario and reads it. */
export async function createFolder(cleanUp: CleanUp, { files }: Scenario): Promise<Folder> {
  const dir = await mkdtemp(join(tmpdir(), "faults-"));
  cleanUp.after(() => rm(dir, { recursive: true, force: true }));
  await writeFiles(dir, files);
  return readFolder({ dir });
}

/** The sessions of runs, and their activity. */
const sessions = `SELECT pid::text || ' ' || coalesce(state, '') || ': ' || left(query, 80) AS text FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'pulumi-pg-migrations' AND pid <> pg_backend_pid()`;

/** Waits until no session of a run is left, and returns those that stay. */
export async function sessionsLeft(database: TestDatabase, waitMs: number): Promise<string[]> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const left = await query<{ text: string }>(database, sessions);
    if (left.length === 0 || Date.now() > deadline) return left.map(({ text }) => text);
    await sleep(50);
  }
}

/** Ends the sessions of runs, as an administrator would. */
export async function terminateSessions(database: TestDatabase): Promise<void> {
  await query(
    database,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'pulumi-pg-migrations'`,
  );
}

/** The locks and prepared transactions that remain in an idle database. */
export async function locksLeft(database: TestDatabase): Promise<string[]> {
  const left = await query<{ text: string }>(
    database,
    `SELECT concat_ws(' ', 'a lock is left:', l.locktype, l.mode, l.relation::regclass::text) AS text
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE a.datname = current_database() AND pid <> pg_backend_pid() AND a.backend_type = 'client backend'
      UNION ALL SELECT 'a prepared transaction is left: ' || gid FROM pg_prepared_xacts WHERE database = current_database()`,
  );
  return left.map(({ text }) => text);
}
