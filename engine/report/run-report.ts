import { sqlstate } from "../postgres/text/sqlstate.ts";
import { type WayBack, wayBackReport } from "../backup/way-back.ts";
import type { FailedMigration, RunResult, StatementError } from "../run/run-result.ts";
import { checkReport } from "../checks/check-report.ts";
import { count, durationInWords, indented } from "../words.ts";
import { foreign } from "../foreign-text.ts";

/** The result of a run in one line. Counts the checks that passed, not those that were given. */
export function successReport({ declared, rolledBack, applied, held }: RunResult): string {
  const durationMs = [...rolledBack, ...applied].reduce((sum, migration) => sum + migration.durationMs, 0);
  const verified = held.length === 0 ? "" : `; ${count(held.length, "check")} passed`;
  const done = [
    ...(declared.length === 0 ? [] : [`${count(declared.length, "migration")} declared in the ledger`]),
    ...(rolledBack.length === 0 ? [] : [`${count(rolledBack.length, "migration")} rolled back`]),
    ...(applied.length === 0 && declared.length + rolledBack.length > 0
      ? []
      : [`${count(applied.length, "migration")} applied`]),
  ];
  return `${done.join(", ")} in ${durationInWords(durationMs)}${verified}.`;
}

/** Why a run stopped, what is left of it, and the remedy. */
export function failureReport(
  result: Omit<RunResult, "held" | "warnings"> & { failed: FailedMigration },
  wayBack: WayBack = { backups: [] },
): string {
  const { failed, applied, rolledBack } = result;
  const cause = failed.error === undefined ? violationCause(failed) : statementCause(failed, failed.error);
  const before =
    failed.outcome !== "committed" && applied.length > 0
      ? ` ${count(applied.length, "migration")} before it ${applied.length === 1 ? "is" : "are"} applied.`
      : "";
  const back = applied.length + rolledBack.length === 0 ? "" : wayBackReport(wayBack);
  return `${cause}\n${remains(failed)}${before}${outlastingReport(failed)}\n${remedy(failed)}${back}`;
}

function statementCause({ name, file, direction }: FailedMigration, error: StatementError): string {
  const place =
    error.position === undefined
      ? foreign(file)
      : `${foreign(file)}:${error.position.line}:${error.position.column}`;
  return [
    `${direction === "up" ? "Migration" : "Rolling back migration"} ${foreign(name)} failed: ${error.message}${error.sqlstate === undefined ? "" : ` (SQLSTATE ${error.sqlstate})`}`,
    `  at ${place}`,
    ...(error.excerpt === undefined ? [] : [indented(error.excerpt)]),
    ...(error.detail === undefined ? [] : [`  DETAIL: ${error.detail}`]),
    ...(error.hint === undefined ? [] : [`  HINT: ${error.hint}`]),
    ...(error.where === undefined ? [] : [`  CONTEXT: ${error.where}`]),
  ].join("\n");
}

function violationCause({ name, file, violated }: FailedMigration): string {
  const already = violated.filter((result) => result.before === "violated" && result.outcome === "violated");
  const note =
    already.length === 0
      ? ""
      : `\nFailed before the run already: ${already.map((result) => result.check).join(", ")}.`;
  return `Migration ${foreign(name)} violates ${count(violated.length, "check")}:\n${indented(checkReport(violated))}\n  at ${foreign(file)}${note}`;
}

function remains({ outcome, outlasting }: FailedMigration): string {
  if (outlasting !== undefined && outcome === "rolled-back")
    return "It was rolled back, and the ledger with it.";
  return remainsOf[outcome];
}

function outlastingReport({ outlasting = [] }: FailedMigration): string {
  if (outlasting.length === 0) return "";
  const traces = outlasting.map((trace) => `\n  ${trace}`).join("");
  return `\nA rollback does not undo these, which may remain. Check them, and remove those that would block a new attempt:${traces}`;
}

const remainsOf: Record<FailedMigration["outcome"], string> = {
  "rolled-back": "It was rolled back: schema, data and ledger are as they were before it.",
  undone:
    "It cannot be one transaction: it did not complete, what it left was removed, " +
    "and the ledger has a rolled-back row for it.",
  unfinished: "It cannot be one transaction and did not complete; the hint names what is left of it.",
  undecided:
    "It may be partly done: it commits by itself while it runs, and those commits were not rolled back. " +
    "The ledger has an unfinished row for it, and pulumi up does not repeat it.",
  committed: "It cannot run in a transaction and could not be rolled back: it is applied and recorded.",
};

function remedy({ outcome, error, decision = "resolve", outlasting = [] }: FailedMigration): string {
  if (outcome === "undecided")
    return `Check what it changed, then record the outcome in the stack's configuration: ${decision}. Then run pulumi up again.`;
  if (outcome === "committed") return "Repair the data or restore a backup, then run pulumi up again.";
  if (error?.sqlstate === sqlstate.lockNotAvailable)
    return "A lock was not available in time. Nothing is left waiting. Run pulumi up again when its holder is done (pg_stat_activity), or raise lockRetryMs.";
  if (error?.sqlstate === sqlstate.unsafeNewEnumValue)
    return "PostgreSQL cannot use a new enum value in the transaction that adds it. Move ALTER TYPE ... ADD VALUE into a separate, earlier migration, then run pulumi up again.";
  if (error?.sqlstate === sqlstate.invalidTermination)
    return "A DO block or a procedure cannot end the transaction of its migration. Move it into a migration without other statements, or remove its COMMIT and ROLLBACK, then run pulumi up again.";
  if (error?.sqlstate === sqlstate.activeTransaction) return outsideRemedy(error.message);
  const rest = outlasting.length === 0 ? "; nothing else is needed" : "";
  return `Correct the migration or the data and run pulumi up again${rest}.`;
}

/** Only for partitioned tables does the server refuse to rebuild indexes or to cluster in a transaction. */
function outsideRemedy(message: string): string {
  if (message.includes("REINDEX"))
    return "REINDEX of a partitioned table or index commits for each partition. Write REINDEX ... CONCURRENTLY, which runs outside a transaction here and does not block writes (for a partitioned table from PostgreSQL 14 on). Then run pulumi up again.";
  if (message.includes("CLUSTER"))
    return "CLUSTER of a partitioned table commits for each partition. Write one CLUSTER for each partition, which can run in a transaction. Then run pulumi up again.";
  return "PostgreSQL runs this statement only outside a transaction. Call what hides it, such as a function, in a way that shows it, or put the statement itself into the script. Then run pulumi up again.";
}
