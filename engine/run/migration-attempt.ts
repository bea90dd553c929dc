import type { Conditions } from "../checks/check-blocks.ts";
import type { Ledger, LedgerEntry, LedgerRecord } from "../ledger/ledger.ts";
import type { Migration } from "../folder/migration.ts";
import type { Script } from "../postgres/script/script.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import type { CheckGate } from "./check-gate.ts";
import type { LockRetry } from "./lock-retry.ts";
import type { FailedMigration, StatementError, ViolatedCheck } from "./run-result.ts";
import type { RunSession } from "./run-session.ts";
import type { Verdict } from "./step-outcome.ts";

/** One migration on its way into the database, or out of it. */
export interface MigrationAttempt {
  session: RunSession;
  ledger: Ledger;
  /** Whether it is applied, or rolled back by its down script. */
  direction: "up" | "down";
  migration: Migration;
  /** The interrupted attempt that it resumes; undefined if there is none. */
  interrupted: LedgerEntry | undefined;
  script: Script;
  record: LedgerRecord;
  gate: CheckGate;
  /** What is found of a migration before the ledger says that it is done: kept for when that answer is lost. */
  verdict: Verdict;
  /** What the migration says of itself; nothing of one that is rolled back. */
  conditions: Conditions;
  retry: LockRetry;
  /** Whether the ledger is yet to be created, with the first migration and undone with it. */
  createLedger: boolean;
  /** Whether this run has begun it before, and was interrupted. */
  isRepeated: boolean;
  /** Whether it is the last of the run. */
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

/** Our own statements on the ledger worked before the script ran: if one fails now, the script is the likely cause. */
function withLedgerNamed(attempt: MigrationAttempt, error: StatementError): StatementError {
  const cause = error.position === undefined ? causeInScript(attempt, error) : undefined;
  if (cause === undefined) return error;
  const { ledger, session } = attempt;
  const table = ledger.tableOf(session.database.address.schema);
  const hint =
    `This is the record of the migration in the ledger, ${table}, not a statement of the script. ` +
    `The script has probably ${cause}: take that out of the script.`;
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

/** Checks do not hold after the migration. */
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
