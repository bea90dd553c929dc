import type { Folder } from "../../folder/folder.ts";
import { compareFlywayVersions, flywayRepeatableKey, flywayVersionKey } from "./flyway-name.ts";
import { plainEntry, type ToolEntry } from "../../ledger/tool-entries.ts";
import type { ToolRow } from "../../ledger/tool-rows.ts";

/** A row of Flyway's table. Its state combines type and success into one word for `interpretFlywayRows`. */
export const flywayRow: ToolRow = {
  key: "coalesce(version, 'R:' OPERATOR(pg_catalog.||) description)",
  checksum: "checksum",
  state: "CASE WHEN success THEN type ELSE 'failed' END",
  startedAt: "installed_on",
  order: "installed_rank",
  // The row for a schema that Flyway has created stands for no migration.
  where: "type OPERATOR(pg_catalog.<>) 'SCHEMA'",
};

/**
 * Translates Flyway's rows into entries: undone and deleted migrations are pending again, those covered by a baseline
 * are applied.
 */
export function interpretFlywayRows(rows: readonly ToolEntry[], { migrations }: Folder): ToolEntry[] {
  const entries = new Map<string, ToolEntry>();
  let baseline: string | undefined;
  for (const row of rows) {
    const key = keyOf(row.key);
    if (row.state.endsWith("BASELINE")) baseline = key;
    // A repeatable migration has a row for each time that it was applied; the last one counts.
    entries.delete(key);
    entries.set(key, { ...row, key, state: stateOf(row.state) });
  }
  if (baseline === undefined) return [...entries.values()];
  entries.delete(baseline);
  const mark = baseline;
  const covered = migrations.filter(
    ({ key, repeatable }) =>
      repeatable !== true && !entries.has(key) && compareFlywayVersions(key, mark) <= 0,
  );
  return [...covered.map(({ key }) => plainEntry(key)), ...entries.values()];
}

function keyOf(stored: string): string {
  return stored.startsWith("R:") ? flywayRepeatableKey(stored.slice(2)) : flywayVersionKey(stored);
}

function stateOf(type: string): string {
  if (type === "failed") return type;
  return /^UNDO|^DELETE$/.test(type) ? "rolled-back" : "applied";
}
