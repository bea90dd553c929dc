import type { Conditions } from "../checks/check-blocks.ts";
import type { Ledger, LedgerEntry, LedgerRecord } from "../ledger/ledger.ts";
import type { Migration } from "../folder/migration.ts";
import type { Script } from "../postgres/script/script.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import type { CheckGate } from "./check-gate.ts";
import type { LockRetry } from "./lock-retry.ts";
import type { FailedMigration, StatementError, ViolatedCheck } from "./run-result.ts";
import type { RunSession } from "./run-session.ts";
import type { Findings } from "./step-outcome.ts";

/** One migration that is being applied or rolled back. */
export interface MigrationAttempt {
  session: RunSession;
  ledger: Ledger;
  /** `up` if it is applied; `down` if its down script rolls it back. */
  direction: "up" | "down";
  migration: Migration;
  /** The interrupted attempt that it resumes; undefined if there is none. */
  interrupted: LedgerEntry | undefined;
  script: Script;
  record: LedgerRecord;
  gate: CheckGate;
  /** The findings of a migration before the ledger records it as done. Kept in case that answer is lost. */
  findings: Findings;
  /** The conditions in the migration's own script; none for one that is rolled back. */
  conditions: Conditions;
  retry: LockRetry;
  /** True if the ledger does not exist yet: it is created, and undone, with the first migration. */
  createLedger: boolean;
  /** True if this run started it before and was interrupted. */
  isRepeated: boolean;
  /** True for the last migration of the run. */
  last: boolean;
}

/** The server refused something. */
export function refused(
  attempt: MigrationAttempt,
  error: StatementError,
  outcome: FailedMigration["outcome"] = "rolled-back",
): FailedMigration {
  return { ...nameOf(attempt), outcome, error: withLedgerNamed(attempt, error), violated: [] };
}

/**
 * The run's own statements on the ledger worked before the script ran: if one fails now, the script is the likely
 * cause.
 */
function withLedgerNamed(attempt: MigrationAttempt, error: StatementError): StatementError {
  const cause = error.position === undefined ? causeInScript(attempt, error) : undefined;
  if (cause === undefined) return error;
  const { ledger, session } = attempt;
  const table = ledger.tableOf(session.database.address.schema);
  const hint =
    `This is the record of the migration in the ledger, ${table}, not a statement of the script. ` +
    `The script has probably ${cause}: remove that from the script.`;
  return { ...error, hint: [error.hint, hint].filter((part) => part !== undefined).join("\n") };
}

function causeInScript(
  { ledger, session }: MigrationAttempt,
  { message, sqlstate: code }: StatementError,
): string | undefined {
  if (code === sqlstate.readOnlyTransaction) return "made its transaction read-only";
  const table = ledger.tableOf(session.database.address.schema);
  const name = /[^."]+(?="?$)/.exec(table)?.[0] ?? table;
  return message.includes(name) ? "renamed, altered or protected the ledger or its schema" : undefined;
}

/** The failure of a migration after which checks failed. */
export function violating(
  attempt: MigrationAttempt,
  outcome: FailedMigration["outcome"],
  violated: ViolatedCheck[],
): FailedMigration {
  return { ...nameOf(attempt), outcome, error: undefined, violated };
}

function nameOf({
  migration,
  direction,
}: MigrationAttempt): Pick<FailedMigration, "direction" | "file" | "name"> {
  const { name, file, down } = migration;
  return { name, direction, file: direction === "down" ? (down?.file ?? file) : file };
}
