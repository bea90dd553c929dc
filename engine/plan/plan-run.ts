import type { Folder } from "../folder/folder.ts";
import type { Migration } from "../folder/migration.ts";
import { scriptSource } from "../folder/script-source.ts";
import { type LedgerEntry, ledgerOf, type LedgerState } from "../ledger/ledger.ts";
import type { Database } from "../postgres/database.ts";
import { isAtomic, readScript, type Script } from "../postgres/script.ts";
import { segmentDigests } from "../postgres/script-digest.ts";
import type { PlanOptions } from "./plan-options.ts";
import { makePlan, type Plan } from "./plan.ts";

/** Plans a run: at most two queries. Without a database, plans for an empty one that is yet to be created. */
export async function planRun(request: {
  database?: Database | undefined;
  folder: Folder;
  options?: PlanOptions | undefined;
}): Promise<Plan> {
  const { database, folder, options = {} } = request;
  const ledger = database === undefined ? emptyLedger : await ledgerOf(folder.format).read(database, folder);
  return makePlan(folder, ledger, { resumable: await resumableAttempts(folder, ledger), options });
}

const emptyLedger: LedgerState = { table: "", exists: false, tableWithoutLedger: undefined, entries: [] };

/**
 * The migrations whose unfinished attempt can be taken up again. An attempt of this package says how far it came, and
 * its script still begins with what was done then. An attempt that does not say so, of this package or another tool,
 * can be taken up where the script is a single statement outside a transaction: that is either done, or not done, or
 * has left something that is repaired. Any other may be half applied: a person has to decide.
 */
async function resumableAttempts(folder: Folder, ledger: LedgerState): Promise<Set<string>> {
  const unfinished = ledger.entries.filter((entry) => entry.state === "failed");
  const resumable = new Set<string>();
  for (const entry of unfinished) {
    const migration = folder.migrations.find(({ key }) => key === entry.key);
    if (migration !== undefined && (await isResumable(migration, entry))) resumable.add(entry.key);
  }
  return resumable;
}

async function isResumable(migration: Migration, entry: LedgerEntry): Promise<boolean> {
  const script = await readScript(scriptSource(migration.up), migration.up);
  if (script.problems.length > 0) return false;
  const { progress } = entry;
  if (progress !== undefined) return progress.segments === 0 || (await beginsAsBefore(script, progress));
  return !isAtomic(script) && script.segments.length === 1;
}

async function beginsAsBefore(
  script: Script,
  { segments, sha256 }: { segments: number; sha256: string },
): Promise<boolean> {
  return (await segmentDigests(script))[segments - 1] === sha256;
}
