import type { Ledger, LedgerRecord } from "../ledger/ledger.ts";
import type { PendingMigration } from "../plan/plan.ts";
import type { Database } from "../postgres/database.ts";
import type { Script } from "../postgres/script.ts";
import type { StatementFailure } from "../postgres/statement-failure.ts";
import { excerpt, positionOfCharacter } from "../postgres/text-position.ts";
import type { CheckGate } from "./check-gate.ts";
import type { FailedMigration, StatementError, ViolatedCheck } from "./run-result.ts";

/** One migration on its way into the database. */
export interface MigrationAttempt {
  database: Database;
  ledger: Ledger;
  migration: PendingMigration;
  script: Script;
  record: LedgerRecord;
  gate: CheckGate;
  /** Whether the ledger is yet to be created, with the first migration and undone with it. */
  createLedger: boolean;
  /** Whether it is the last of the run. */
  last: boolean;
}

/** The server refused something. `script` is given where that was a statement of the script. */
export function refused(
  { migration }: MigrationAttempt,
  failure: StatementFailure,
  script: Script | undefined,
): FailedMigration {
  const { name, file } = migration;
  return { name, file, outcome: "rolled-back", error: errorIn(script, failure), violated: [] };
}

/** The script took away what is known of it: committed like that, it would be applied once more by the next run. */
export function unrecorded({ migration }: MigrationAttempt): FailedMigration {
  const { name, file } = migration;
  const message = "it removes its own row from the ledger, so that it could not be recorded as applied";
  const nothing = {
    detail: undefined,
    hint: undefined,
    where: undefined,
    position: undefined,
    excerpt: undefined,
  };
  const error = { message, sqlstate: undefined, ...nothing };
  return { name, file, outcome: "rolled-back", error, violated: [] };
}

/** Checks do not hold after the migration. */
export function violating(
  { migration }: MigrationAttempt,
  outcome: FailedMigration["outcome"],
  violated: ViolatedCheck[],
): FailedMigration {
  const { name, file } = migration;
  return { name, file, outcome, error: undefined, violated };
}

/** Finds the place that the server complains of: its own pointer, or else the beginning of the statement. */
function errorIn(script: Script | undefined, failure: StatementFailure): StatementError {
  const position =
    failure.position === undefined || script === undefined
      ? script?.statements[failure.completedStatements]?.position
      : positionOfCharacter(script.text, failure.position - 1);
  const { message, sqlstate, detail, hint, where } = failure;
  return {
    message,
    sqlstate,
    detail,
    hint,
    where,
    position,
    excerpt: script && position && excerpt(script.source, position),
  };
}
