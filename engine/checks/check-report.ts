import type { CheckResult } from "./check.ts";
import { PreconditionError } from "./preconditions.ts";
import { count } from "../words.ts";
import { foreign } from "../foreign-text.ts";

/** The width beyond which a value in a table of offending rows is cut, and that of a last one, which is in nobody's way. */
const [widestValue, widestLast] = [40, 160];

/** All checks that do not hold, each with its count and a table of a few offending rows. */
export function checkReport(results: readonly CheckResult[]): string {
  return results
    .filter((result) => result.outcome !== "holds")
    .map(describe)
    .join("\n");
}

/** What is wrong in a verification, headed by a count; undefined where all that has to hold does. */
export function verificationReport(results: readonly CheckResult[]): string | undefined {
  const failed = results.filter((result) => isWrong(result) && result.severity === "fail");
  if (failed.length === 0) return undefined;
  const verb = failed.length === 1 ? "does" : "do";
  return `${failed.length} of ${results.length} check${results.length === 1 ? "" : "s"} ${verb} not hold:\n${checkReport(failed)}`;
}

function isWrong({ outcome, awaitsRun }: CheckResult): boolean {
  return outcome !== "holds" && awaitsRun !== true;
}

/** What is told without stopping anything: what need not hold and does not, and violations that are accepted. */
export function checkWarnings(results: readonly CheckResult[]): string | undefined {
  const warned = results.filter((result) => isWrong(result) && result.severity === "warn");
  const accepted = results
    .filter(({ outcome, violations }) => outcome === "holds" && violations > 0)
    .map(({ check, violations }) => `  ${check}: ${count(violations, "known violation")}, accepted`);
  if (warned.length + accepted.length === 0) return undefined;
  return [...(warned.length === 0 ? [] : [checkReport(warned)]), ...accepted].join("\n");
}

/** Why a run does not begin: what has to hold on the live data before it does not. */
export function preconditionError(violated: readonly CheckResult[]): PreconditionError {
  const verb = violated.length === 1 ? "1 check does" : `${violated.length} checks do`;
  const remedy = violated.some(({ outcome }) => outcome === "violated") ? repair : retry;
  return new PreconditionError(
    violated,
    `${verb} not hold before the run, which therefore does not begin:\n${checkReport(violated)}\n` + remedy,
  );
}

const repair =
  'Repair the data first, then run again. Where this run is the repair, leave "before" out of the check\'s `when`; ' +
  "where the violations are known and to stay for now, say how many: `accepts`.";

/** Nothing is known of the data then. */
const retry =
  "Nothing was found to be wrong with the data: correct the check, or what keeps it from being evaluated (its message " +
  "says what), then run again.";

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

/** A warning does not look like what stops a deployment. */
function signOf({ severity }: CheckResult): string {
  return severity === "warn" ? "⚠" : "✗";
}

function risen({ risenFrom }: CheckResult): string {
  if (risenFrom === undefined) return "";
  return `, and ${risenFrom} before this migration: \`accepts\` allows what is known, and the number may only fall`;
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

/** White space becomes one blank; control characters are written out. */
function blank(characters: string): string {
  return /^\s+$/.test(characters) ? " " : characters;
}
