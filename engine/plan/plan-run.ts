import { isSameChecksum } from "../folder/checksum.ts";
import type { Folder } from "../folder/folder.ts";
import type { Migration } from "../folder/migration.ts";
import { scriptSource } from "../folder/script-source.ts";
import { foreign } from "../foreign-text.ts";
import { type AttemptProgress, type LedgerEntry, type LedgerState } from "../ledger/ledger.ts";
import { ledgerOf } from "../formats/formats.ts";
import { requireNoLedgerElsewhere } from "../ledger/ledger-elsewhere.ts";
import { partlyDonePrefix, recordedError } from "../ledger/recorded-error.ts";
import type { Database } from "../postgres/session/database.ts";
import { readScript } from "../postgres/script/read-script.ts";
import { segmentDigests } from "../postgres/script/script-digest.ts";
import type { PlanOptions } from "./plan-options.ts";
import { makePlan, type Plan } from "./plan.ts";

/**
 * Plans a run. Takes two queries if the ledger has rows. Without a database, plans for an empty one that does not exist
 * yet. Rejects with a `LedgerError` if the ledger is another tool's, or may be in another schema.
 */
export async function planRun(request: {
  database?: Database | undefined;
  folder: Folder;
  options?: PlanOptions | undefined;
}): Promise<Plan> {
  const { database, folder, options = {} } = request;
  const ledger = database === undefined ? emptyLedger : await readLedger(database, folder);
  return makePlan(folder, ledger, { ...(await resumableAttempts(folder, ledger)), options });
}

async function readLedger(database: Database, folder: Folder): Promise<LedgerState> {
  const ledger = ledgerOf(folder.format);
  const state = await ledger.read(database, folder);
  if (!state.hasRows && ledger.mark !== undefined) await requireNoLedgerElsewhere(database, ledger.mark);
  return state;
}

const emptyLedger: LedgerState = {
  table: "",
  exists: false,
  tableWithoutLedger: undefined,
  hasRows: false,
  entries: [],
};

/**
 * The migrations whose unfinished attempt can be resumed, and the reasons why others cannot. An attempt of this package
 * records its progress; it is resumed if its script still begins with the part that was done. An attempt of another
 * tool may have done anything, and so may a statement that commits by itself: a person must decide.
 */
async function resumableAttempts(
  folder: Folder,
  ledger: LedgerState,
): Promise<{ resumable: Set<string>; obstacles: Map<string, string> }> {
  const unfinished = ledger.entries.filter((entry) => entry.state === "failed");
  const resumable = new Set<string>();
  const obstacles = new Map<string, string>();
  for (const entry of unfinished) {
    const migration = folder.migrations.find(({ key }) => key === entry.key);
    const { progress } = entry;
    if (migration === undefined || progress === undefined) continue;
    const obstacle = await obstacleTo(migration, { ...entry, progress });
    if (obstacle === undefined) resumable.add(entry.key);
    else obstacles.set(entry.key, obstacle);
  }
  return { resumable, obstacles };
}

async function obstacleTo(
  migration: Migration,
  { logs, progress, checksum = migration.checksum }: LedgerEntry & { progress: AttemptProgress },
): Promise<string | undefined> {
  const { segments, sha256 } = progress;
  const error = recordedError({ logs, progress });
  if (error?.startsWith(partlyDonePrefix) === true) return `${foreign(error.split("\n", 1)[0] ?? "")}.`;
  const isSame = isSameChecksum(checksum, [migration.checksum, ...migration.alternativeChecksums]);
  // An error means that the statement was refused. Without one, it is unknown which statement was running.
  if (!isSame && error === undefined)
    return "It was interrupted, and its script has changed since, so it cannot be resumed.";
  const script = await readScript(scriptSource(migration.up), migration.up);
  if (script.problems.length > 0) return "Its script cannot be read.";
  if (segments > 0 && (await segmentDigests(script))[segments - 1] !== sha256)
    return `Its first ${segments} segments are applied, but its script no longer begins with them.`;
  const next = script.segments[segments];
  if (error === undefined && next?.mayCommit === true)
    return `It was interrupted, and ${next.words} in line ${next.line} may be partly done, since it commits by itself.`;
  return undefined;
}
