import type { Folder } from "../folder/folder.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { ReadRow, ReadRows } from "./tool-rows.ts";

/** An entry whose state is still in the tool's own terms. */
export type ToolEntry = Omit<LedgerEntry, "state"> & { state: string };

/** An entry of which only one thing is known: it is applied. */
export function plainEntry(key: string): LedgerEntry {
  return {
    key,
    checksum: undefined,
    state: "applied",
    startedAt: undefined,
    logs: undefined,
    progress: undefined,
  };
}

/** Makes entries of the rows: the tool's own first, then the attempts, which count as failed. */
export function entriesOf(
  { own, attempts }: ReadRows,
  folder: Folder,
  interpret: (rows: readonly ToolEntry[], folder: Folder) => readonly ToolEntry[] = (entries) => entries,
): LedgerEntry[] {
  const unfinished = new Set(attempts.map(({ key }) => key));
  const entries = interpret(
    own.map((row) => (typeof row === "string" ? plainEntry(row) : entryOf(row))),
    folder,
  );
  // An attempt's own row says more about its failure than the tool's row.
  const others = entries.filter(({ key, state }) => state !== "failed" || !unfinished.has(key));
  // All of the tool's own terms have been translated by now.
  return [...others, ...attempts.map((attempt) => attemptOf(attempt, folder))] as LedgerEntry[];
}

function attemptOf(row: ReadRow, { migrations }: Folder): ToolEntry {
  const migration = migrations.find(({ key }) => key === row.key);
  // The checksum reveals whether the script is the same, even if the format's ledger has none.
  const isSame = migration !== undefined && row.checksum === migration.portableChecksum;
  const attempt = entryOf(row);
  return { ...attempt, state: "failed", checksum: isSame ? migration.checksum : attempt.checksum };
}

function entryOf({ key, state, checksum, started_at_ms: at, logs, segments, sha256 }: ReadRow): ToolEntry {
  return {
    key,
    checksum: checksum ?? undefined,
    state: state ?? "applied",
    startedAt: typeof at === "number" ? new Date(at) : undefined,
    logs: logs ?? undefined,
    progress: typeof segments === "number" && typeof sha256 === "string" ? { segments, sha256 } : undefined,
  };
}
