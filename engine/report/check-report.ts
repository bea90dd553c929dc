import type { CheckResult } from "../checks/check.ts";

/** The width beyond which a value in a table of offending rows is cut. */
const widestValue = 40;

/** All checks that do not hold, each with its count and a table of a few offending rows. */
export function checkReport(results: readonly CheckResult[]): string {
  return results
    .filter((result) => result.outcome !== "holds")
    .map(describe)
    .join("\n");
}

/** What is wrong in a verification, headed by a count; undefined where every check holds. */
export function verificationReport(results: readonly CheckResult[]): string | undefined {
  const failed = results.filter((result) => result.outcome !== "holds");
  if (failed.length === 0) return undefined;
  const verb = failed.length === 1 ? "does" : "do";
  return `${failed.length} of ${results.length} check${results.length === 1 ? "" : "s"} ${verb} not hold:\n${checkReport(failed)}`;
}

function describe(result: CheckResult): string {
  if (result.error !== undefined) {
    const state = result.error.sqlstate === undefined ? "" : ` (SQLSTATE ${result.error.sqlstate})`;
    return `✗ ${result.check}: cannot be evaluated: ${result.error.message}${state}`;
  }
  const counted = result.violations === 1 ? "1 violation" : `${result.violations} violations`;
  const more = result.violations - result.rows.length;
  const table = rowsAsTable(result.rows).map((line) => `    ${line}`);
  return [`✗ ${result.check}: ${counted}`, ...table, ...(more > 0 ? [`    ... and ${more} more`] : [])].join(
    "\n",
  );
}

function rowsAsTable(rows: CheckResult["rows"]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((value, at) => value.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function cell(value: string | null | undefined): string {
  const text = value === null || value === undefined ? "NULL" : value.replace(/\s+/g, " ");
  return text.length > widestValue ? `${text.slice(0, widestValue - 1)}…` : text;
}
