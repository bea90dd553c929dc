import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backup } from "../../engine/index.ts";
import type { TestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { systemPrograms } from "../dumpable-server.ts";
import type { Project } from "./project.ts";

/** A folder for archives that is removed after the test. */
export async function archiveFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-dumps-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** A backup by the system's pg_dump into a folder, without a restore unless the options request it. */
export function dumpInto(directory: string, options: object = {}) {
  return {
    logicalBackup: { target: { directory }, programs: systemPrograms(), restore: "never", ...options },
  };
}

/** The content of a folder without manifests. */
export async function archivesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.endsWith(".json"));
}

/** The backup in the stack's outputs. */
export async function backupOf(project: Project): Promise<Backup> {
  const [backup] = (await project.outputs())["backups"] as Backup[];
  return backup ?? assert.fail("there is no backup");
}

/** A role that owns the database, and so can read, dump and migrate it; dropped after the test. */
export async function createOwner(
  t: Pick<TestContext, "after">,
  database: TestDatabase,
  password: string,
): Promise<string> {
  const role = `${database.database}_owner`;
  await query(database, `CREATE ROLE ${role} LOGIN`);
  await setPassword(database, role, password);
  await query(database, `ALTER DATABASE ${database.database} OWNER TO ${role}`);
  t.after(() => query({ ...database, database: "postgres" }, `DROP ROLE ${role}`));
  return role;
}

/** Gives a role another password. */
export async function setPassword(database: TestDatabase, role: string, password: string): Promise<void> {
  await query(database, `ALTER ROLE ${role} PASSWORD '${password.replaceAll("'", "''")}'`);
}

/**
 * Waits until pg_dump has written this many bytes to a file of this folder. Returns the process IDs of its shell and of
 * itself.
 */
export async function waitForDump(folder: string, bytes: number): Promise<number[]> {
  for (;;) {
    const names = await readdir(folder);
    const written = await Promise.all(names.map((name) => readFile(join(folder, name)).catch(() => "")));
    if (written.some(({ length }) => length > bytes)) return processesWith(folder);
    await sleep(5);
  }
}

async function processesWith(folder: string): Promise<number[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
  return ids
    .map(Number)
    .filter(
      (_, place) => /^(\/bin\/sh|\S*pg_dump)\0/.test(lines[place] ?? "") && lines[place]?.includes(folder),
    );
}
