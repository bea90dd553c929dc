import type { Folder } from "../folder/folder.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { ReadRow } from "./tool-rows.ts";

/** An entry whose state is yet to be understood: tools have words of their own. */
export type ToolEntry = Omit<LedgerEntry, "state"> & { state: string };

/** An entry of a migration that the ledger does not hold by itself, but by what it says of a later one. */
export function impliedEntry(key: string, state: LedgerEntry["state"] = "applied"): LedgerEntry {
  return { key, checksum: undefined, state, startedAt: undefined, logs: undefined, progress: undefined };
}

/** Makes entries of the rows that were read: the tool's own first, then the attempts, which count as failed. */
export function entriesOf(
  rows: readonly ReadRow[],
  folder: Folder,
  interpret: (rows: readonly ToolEntry[], folder: Folder) => ToolEntry[] = (own) => [...own],
): LedgerEntry[] {
  const own = rows.filter(({ state }) => state !== "attempt").map(entryOf);
  const attempts = rows.filter(({ state }) => state === "attempt").map(entryOf);
  const unfinished = new Set(attempts.map(({ key }) => key));
  const entries = [
    // What the tool's table says of an attempt, that it failed, the attempt itself says better.
    ...interpret(own, folder).filter(({ key, state }) => state !== "failed" || !unfinished.has(key)),
    ...attempts.map((attempt) => {
      const migration = folder.migrations.find(({ key }) => key === attempt.key);
      // Whether the script is the same is told by its checksum, also where the format's ledger has none.
      const isSame = migration !== undefined && attempt.checksum === migration.portableChecksum;
      return { ...attempt, state: "failed", checksum: isSame ? migration.checksum : attempt.checksum };
    }),
  ];
  // Every word of a tool's own has been understood by now.
  return entries as LedgerEntry[];
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
