import type { Folder } from "../folder/folder.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { ReadRow, ReadRows } from "./tool-rows.ts";

/** An entry whose state is yet to be understood: tools have words of their own. */
export type ToolEntry = Omit<LedgerEntry, "state"> & { state: string };

/** An entry of which nothing is known but that it is applied. */
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

/** Makes entries of the rows that were read: the tool's own first, then the attempts, which count as failed. */
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
  // What the tool's table says of an attempt, that it failed, the attempt itself says better.
  const others = entries.filter(({ key, state }) => state !== "failed" || !unfinished.has(key));
  // Every word of a tool's own has been understood by now.
  return [...others, ...attempts.map((attempt) => attemptOf(attempt, folder))] as LedgerEntry[];
}

function attemptOf(row: ReadRow, { migrations }: Folder): ToolEntry {
  const migration = migrations.find(({ key }) => key === row.key);
  // Whether the script is the same is told by its checksum, also where the format's ledger has none.
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
