import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";
import {
  type Database,
  type Folder,
  planRun,
  type PlanOptions,
  applyRun,
  readFolder,
  stepsOf,
} from "../../../engine/index.ts";

const folders = resolve(import.meta.dirname, "../../folders");

/** The path of a folder in `test/folders`. */
export function fixture(name: string): string {
  return join(folders, name);
}

/** A copy of a folder without the files whose paths match, removed after the test. */
export async function copyWithout(t: TestContext, name: string, leftOut: RegExp): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "format-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const source = fixture(name);
  await cp(source, dir, {
    recursive: true,
    filter: (path) => !leftOut.test(path.slice(source.length)),
  });
  return dir;
}

/** Keeps only the first entries of a copied journal of Drizzle's. */
export async function cutJournal(dir: string, entries: number): Promise<void> {
  const file = join(dir, "meta/_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8")) as { entries: unknown[] };
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, entries) }));
}

/** Runs the up scripts of some migrations, as the folder's tool would have done. */
export async function runScriptsOf(
  database: Database,
  { migrations }: Folder,
  names: readonly string[],
): Promise<void> {
  for (const { up } of migrations.filter(({ name }) => names.includes(name)))
    await database.execute((await readFile(up.file)).subarray(up.start, up.end).toString("utf8"));
}

/** Reads a folder, plans, and carries out the plan. Returns the names, or throws the failure. */
export async function migrate(
  database: Database,
  dir: string,
  options: PlanOptions = {},
): Promise<{ pending: string[]; rolledBack: string[]; applied: string[] }> {
  const folder = await readFolder({ dir });
  const plan = await planRun({ database, folder, options });
  const result = await applyRun({ database, folder, steps: plan.steps, planOptions: plan.options });
  if (result.failed !== undefined) throw new Error(JSON.stringify(result.failed));
  const namesOf = (done: readonly { name: string }[]): string[] => done.map(({ name }) => name);
  return {
    pending: namesOf(stepsOf(plan, "apply")),
    rolledBack: namesOf(result.rolledBack),
    applied: namesOf(result.applied),
  };
}

/** The names of the pending migrations. */
export async function pendingNames(database: Database, dir: string): Promise<string[]> {
  const folder = await readFolder({ dir });
  return stepsOf(await planRun({ database, folder }), "apply").map(({ name }) => name);
}
