import { migrationWithoutScript } from "../folder/migration.ts";
import type { Plan } from "./plan.ts";
import { type Application, application } from "./step.ts";
import type { Database } from "../postgres/session/database.ts";
import { type FilesFolder, type FilesLedger, readFilesLedger } from "../ledger/files-ledger.ts";

/**
 * Plans the run of a tool whose folder this package cannot read. If any file has changed since the last run, the whole
 * folder is pending under one name. Without a database, plans for one that does not exist yet.
 */
export async function planFiles(folder: FilesFolder, database?: Database): Promise<Plan> {
  const ledger: FilesLedger =
    database === undefined
      ? { table: "", exists: false, digest: undefined }
      : await readFilesLedger(database);
  const { digest } = folder;
  return {
    ledger: ledger.table,
    ledgerExists: ledger.exists,
    hasLedgerRows: ledger.digest !== undefined,
    heldBack: [],
    options: {},
    steps: ledger.digest === digest ? [] : [asPending(folder)],
    applied: ledger.digest === undefined ? [] : [nameOf(ledger.digest)],
    failed: [],
    edited: [],
    missing: [],
    outOfOrder: [],
    version: ledger.digest === undefined ? undefined : nameOf(ledger.digest),
    tableWithoutLedger: undefined,
  };
}

/** The step that is shown and counted as pending. This package never runs it. */
function asPending({ dir, digest }: FilesFolder): Application {
  return application(migrationWithoutScript(nameOf(digest), dir, digest), undefined);
}

function nameOf(digest: string): string {
  return `files-${digest.slice(0, 12)}`;
}
