import type { Folder } from "../folder/folder.ts";
import { readScriptFile } from "../folder/script-file.ts";
import { ledgerOf, type LedgerState } from "../ledger/ledger.ts";
import type { Database } from "../postgres/database.ts";
import { readScript } from "../postgres/script.ts";
import { makePlan, type Plan } from "./plan.ts";

/** Plans a run: at most two queries. Without a database, plans for an empty one that is yet to be created. */
export async function planRun(options: { database?: Database | undefined; folder: Folder }): Promise<Plan> {
  const { database, folder } = options;
  const ledger = database === undefined ? emptyLedger : await ledgerOf(folder.format).read(database);
  return makePlan(folder, ledger, await resumableAttempts(folder, ledger));
}

const emptyLedger: LedgerState = { table: "", exists: false, tableWithoutLedger: undefined, entries: [] };

/**
 * An unfinished row can be taken up again where the migration is a single statement that runs outside a
 * transaction: that statement is either done, or not done, or has left an invalid index that is rebuilt.
 * Any other unfinished row was left by a tool that may have applied half of a script: a person has to decide.
 */
async function resumableAttempts(folder: Folder, ledger: LedgerState): Promise<Set<string>> {
  const unfinished = new Set(
    ledger.entries.filter((entry) => entry.state === "failed").map((entry) => entry.name),
  );
  const resumable = new Set<string>();
  for (const migration of folder.migrations.filter(({ name }) => unfinished.has(name))) {
    const script = await readScript(await readScriptFile(migration));
    if (script.mode === "alone" && script.problems.length === 0) resumable.add(migration.name);
  }
  return resumable;
}
