import type { CheckResult } from "./check.ts";
import { PreconditionError } from "./preconditions.ts";
import { count } from "../words.ts";
import { foreign } from "../foreign-text.ts";

/** Widths at which a value in a table of offending rows is cut: of any column, and of the last one, which has room. */
const [widestValue, widestLast] = [40, 160];

/** All failed checks, each with its count and a table of a few offending rows. */
export function checkReport(results: readonly CheckResult[]): string {
  return results
    .filter((result) => result.outcome !== "holds")
    .map(describe)
    .join("\n");
}

/** The failed checks of a verification, headed by their number; undefined if none failed. */
export function verificationReport(results: readonly CheckResult[]): string | undefined {
  const failed = results.filter((result) => isWrong(result) && result.severity === "fail");
  if (failed.length === 0) return undefined;
  return `${failed.length} of ${count(results.length, "check")} failed:\n${checkReport(failed)}`;
}

function isWrong({ outcome, awaitsRun }: CheckResult): boolean {
  return outcome !== "holds" && awaitsRun !== true;
}

/** Findings that stop nothing: failed checks of severity `warn`, and accepted violations. */
export function checkWarnings(results: readonly CheckResult[]): string | undefined {
  const warned = results.filter((result) => isWrong(result) && result.severity === "warn");
  const accepted = results
    .filter(({ outcome, violations }) => outcome === "holds" && violations > 0)
    .map(({ check, violations }) => `  ${check}: ${count(violations, "known violation")}, accepted`);
  if (warned.length + accepted.length === 0) return undefined;
  return [...(warned.length === 0 ? [] : [checkReport(warned)]), ...accepted].join("\n");
}

/** The error for failed checks that prevent a run. */
export function preconditionError(violated: readonly CheckResult[]): PreconditionError {
  const remedy = violated.some(({ outcome }) => outcome === "violated") ? repair : retry;
  return new PreconditionError(
    violated,
    `The run did not start because ${count(violated.length, "check")} failed:\n${checkReport(violated)}\n${remedy}`,
  );
}

const repair =
  'Repair the data and run again. If this run is the repair, remove "before" from the check\'s `when`. ' +
  "To tolerate the violations for now, set `accepts` to their number.";

/** Used if the checks revealed nothing about the data. */
const retry =
  "The checks found nothing wrong with the data, because they could not be evaluated. Correct each check, or the cause " +
  "in its message, and run again.";

function describe(result: CheckResult): string {
  if (result.error !== undefined) {
    const state = result.error.sqlstate === undefined ? "" : ` (SQLSTATE ${result.error.sqlstate})`;
    return `${signOf(result)} ${result.check}: cannot be evaluated: ${result.error.message}${state}${owned(result)}`;
  }
  const atLeast = result.hasMore === true ? "more than " : "";
  const counted = result.violations === 1 ? "1 violation" : `${atLeast}${result.violations} violations`;
  const more = result.violations - result.rows.length;
  const table = rowsAsTable(result.rows).map((line) => `    ${line}`);
  return [
    `${signOf(result)} ${result.check}: ${counted}${risen(result)}${owned(result)}`,
    ...table,
    ...(more > 0 ? [`    ... and ${atLeast}${more} more`] : []),
  ].join("\n");
}

/** A warning must look different from a failure. */
function signOf({ severity }: CheckResult): string {
  return severity === "warn" ? "⚠" : "✗";
}

function risen({ risenFrom }: CheckResult): string {
  if (risenFrom === undefined) return "";
  return `, up from ${risenFrom} before this migration: \`accepts\` tolerates known violations, and their number may only fall`;
}

function owned({ owner }: CheckResult): string {
  return owner === undefined ? "" : ` (${owner})`;
}

function rowsAsTable(rows: CheckResult["rows"]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const widthOf = (at: number): number => (at === columns.length - 1 ? widestLast : widestValue);
  const heads = columns.map((column, at) => cell(column, widthOf(at)));
  const cells = [heads, ...rows.map((row) => columns.map((column, at) => cell(row[column], widthOf(at))))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((value, at) => value.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function cell(value: string | null | undefined, widest: number): string {
  const text = value === null || value === undefined ? "NULL" : value.replace(/[\s\p{Cc}]+/gu, blank);
  return foreign(text.length > widest ? `${text.slice(0, widest - 1)}…` : text);
}

/** White space becomes one space; other control characters stay for `foreign` to escape. */
function blank(characters: string): string {
  return /^\s+$/.test(characters) ? " " : characters;
}
