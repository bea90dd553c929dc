import { setTimeout as sleep } from "node:timers/promises";
import { PgMigrationsError } from "../error.ts";
import { ConnectionError } from "../postgres/connection-error.ts";
import type { Database } from "../postgres/database.ts";
import { sqlstate } from "../postgres/sqlstate.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import type { RunRequest } from "./apply-run.ts";
import type { RunState } from "./apply-steps.ts";

/** What ends a run between two answers of the server, so that only the ledger knows how far it has come. */
export type Interruption = ConnectionError | StatementFailure;

/** The server refused what a run asked of it for itself, outside of any script; the message says what was done. */
export class RunRefusedError extends PgMigrationsError {}

/** Whether somebody has ended the session on purpose: such a run does not go on by itself. */
export function isDecision(error: Interruption): boolean {
  return error instanceof StatementFailure || error.sqlstate === sqlstate.adminShutdown;
}

/** Connects again, with growing pauses. Rejects with the last error where the time is over. */
export async function reconnect(
  { database, options = {} }: Pick<RunRequest, "database" | "options">,
  lost: Interruption,
): Promise<Database> {
  const deadline = Date.now() + (options.reconnectMs ?? 60_000);
  let last: PgMigrationsError = lost;
  for (let pauseMs = 100; Date.now() <= deadline; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    await sleep(Math.min(pauseMs, Math.max(deadline - Date.now(), 0)));
    try {
      return await database.another();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      last = error;
    }
  }
  throw last;
}

const remedy =
  "Look for a trigger on the ledger, a privilege that is missing, or somebody who cancelled it; then run pulumi up again.";

/** Neither leaves a result to read, so the message itself tells how far the run had come. */
export function withTruth(
  error: Interruption,
  { result, inDoubt }: RunState,
  truth?: string,
): PgMigrationsError {
  const names = [
    ...result.rolledBack.map(({ name }) => `${name} (rolled back)`),
    ...result.applied.map(({ name }) => name),
  ];
  const before =
    names.length === 0
      ? "Nothing was applied by this run before"
      : `Done before, by this run: ${names.slice(-10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} earlier` : ""}`;
  const doubt =
    truth ??
    (inDoubt === undefined
      ? ""
      : `; whether ${inDoubt.name} was completed is in doubt until the next run looks`);
  const details = { cause: error.cause, sqlstate: error.sqlstate };
  if (error instanceof ConnectionError)
    return new ConnectionError(error.code, `${error.message} ${before}${doubt}.`, details);
  const refusal = `The server refused what the run itself asked of it: ${error.message} (SQLSTATE ${error.sqlstate ?? "unknown"}).`;
  return new RunRefusedError("RUN_REFUSED", `${refusal} ${before}${doubt}. ${remedy}`, details);
}
