import type { Plan } from "../plan/plan.ts";
import { stepsOf } from "../plan/step.ts";
import type { DatabaseComparison } from "../restore/compare-databases.ts";
import { count } from "../words.ts";
import { foreign } from "../foreign-text.ts";

/** The differences of two databases as a table. */
export function comparisonReport(
  comparison: DatabaseComparison,
  names: { current: string; restored: string },
): string {
  const { objects, tables, compared } = comparison;
  if (objects.length === 0 && tables.length === 0)
    return `${names.restored} is equal to ${names.current}: the same objects, and the same row counts in ${count(compared, "table")}.`;
  return [
    ...(tables.length === 0
      ? []
      : [
          `Row counts differ in ${count(tables.length, "table")}:`,
          ...rows([
            ["table", names.current, names.restored],
            ...tables.map(({ table, current, restored }) => [foreign(table), text(current), text(restored)]),
          ]),
        ]),
    ...(objects.length === 0
      ? []
      : [
          `${count(objects.length, "object")} ${objects.length === 1 ? "differs" : "differ"}:`,
          ...objects.map((object) => `  ${foreign(object)}`),
        ]),
  ].join("\n");
}

/** The position of a restored database's ledger, and the unfinished attempts in it. */
export function restoredLedgerReport(plan: Plan): string {
  const { failed } = plan;
  const pending = stepsOf(plan, "apply");
  const lines = [
    positionOfRestored(plan),
    pending.length === 0
      ? "Nothing of the folder is pending."
      : `Pending, and applied by the next pulumi up: ${pending.map(({ name }) => foreign(name)).join(", ")}.`,
  ];
  if (failed.length === 0)
    lines.push(
      "There is nothing to repair: the ledger was restored together with the data and matches them. " +
        "Do not run `prisma migrate resolve`: it would add a wrong row.",
    );
  else
    lines.push(
      `It holds unfinished attempts from before the backup: ${failed.map(({ name }) => foreign(name)).join(", ")}. ` +
        "Resolve them as you would have done then.",
    );
  return lines.join("\n");
}

function positionOfRestored({ applied, hasLedgerRows, version }: Plan): string {
  if (!hasLedgerRows) return "The ledger is empty.";
  const place = version === undefined ? "has rows" : `is at ${version}`;
  return `The ledger ${place}: ${count(applied.length, "migration")} applied.`;
}

function text(rowCount: number | undefined): string {
  return rowCount === undefined ? "no such table" : String(rowCount);
}

/** Pads the columns; numbers are right-aligned. */
function rows(cells: string[][]): string[] {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .replace(/^/, "  ")
      .trimEnd(),
  );
}
