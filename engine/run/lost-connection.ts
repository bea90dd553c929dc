import { setTimeout as sleep } from "node:timers/promises";
import { PgMigrationsError } from "../error.ts";
import { foreign } from "../foreign-text.ts";
import { decisionOf } from "../plan/declarations.ts";
import type { FailedAttempt, Plan } from "../plan/plan.ts";
import { type Step, stepInWords } from "../plan/step.ts";
import { ConnectionError } from "../postgres/session/connection-error.ts";
import type { Database } from "../postgres/session/database.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import type { RunRequest } from "./run-request.ts";
import type { Interruption, RunState } from "./run-state.ts";
import { inDoubtOf, settledBy, takenBack } from "./step-outcome.ts";

/** The server refused the run's own work, outside of any script. The message reports what was done. */
export class RunRefusedError extends PgMigrationsError {}

/** True if an administrator ended the session on purpose. Such a run does not go on by itself. */
export function isDecision(error: Interruption): boolean {
  return error instanceof StatementFailure || error.sqlstate === sqlstate.adminShutdown;
}

/** Connects again, with growing pauses. Rejects with the last error when the time is over. */
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
  "Check the ledger for a trigger and a missing privilege, and the session for a cancellation; then run pulumi up again.";

/** Neither error leaves a result to read, so the message itself reports the run's progress. */
export function withTruth(
  error: Interruption,
  { outcomes }: Pick<RunState, "outcomes">,
  truth?: string,
): PgMigrationsError {
  const inDoubt = inDoubtOf(outcomes)?.step;
  const names = [...outcomes.values()]
    .filter(({ step, outcome }) => outcome === "done" && step.kind !== "declare")
    .map(({ step }) => stepInWords(step));
  const before =
    names.length === 0
      ? "This run had applied nothing before"
      : `This run had done before: ${names.slice(-10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} earlier` : ""}`;
  const doubt =
    truth ??
    (inDoubt === undefined ? "" : `; whether ${inDoubt.name} was completed is unknown until the next run`);
  const details = { cause: error.cause, sqlstate: error.sqlstate };
  if (error instanceof ConnectionError)
    return new ConnectionError(error.code, `${error.message} ${before}${doubt}.`, details);
  const refusal = `The server refused a statement of the run itself: ${error.message} (SQLSTATE ${error.sqlstate ?? "unknown"}).`;
  return new RunRefusedError("RUN_REFUSED", `${refusal} ${before}${doubt}. ${remedy}`, details);
}

/**
 * Reads from the plan, made again, the outcome of the step during which the connection was lost, and the run's other
 * work. The lock is held again, so the lost session has ended. Throws if the interruption was final, or if only a
 * person can decide on the step.
 */
export function settleDoubt(plan: Plan, state: RunState, { onProgress }: RunRequest): void {
  const { interruption } = state;
  const undone = takenBack(state.outcomes, plan.steps);
  if (undone.length > 0) onProgress?.({ event: "repeating", migrations: undone });
  const inDoubt = inDoubtOf(state.outcomes);
  if (inDoubt !== undefined && interruption !== undefined) {
    const undecided = plan.failed.find(({ name }) => name === inDoubt.step.name);
    if (undecided !== undefined) throw withTruth(interruption.error, state, truthOfUndecided(undecided));
  }
  state.outcomes = settledBy(state.outcomes, plan.steps);
  const isOpen = inDoubt !== undefined && state.outcomes.get(inDoubt.step.id)?.outcome === "unapplied";
  if (inDoubt !== undefined && !isOpen) state.gate?.accept();
  const truth = inDoubt && truthOf(inDoubt.step, isOpen);
  if (interruption?.isFinal === true) throw withTruth(interruption.error, state, truth);
  if (inDoubt !== undefined)
    onProgress?.({ event: "reconnected", inDoubt: inDoubt.step.name, isCompleted: !isOpen });
}

/** The attempt cannot be resumed: a statement that commits by itself may be partly done. */
function truthOfUndecided({ name, obstacle, startedAt }: FailedAttempt): string {
  const because = obstacle ?? "It may be partly done.";
  return (
    `; ${foreign(name)} was not completed and is not repeated. ${because} Check what it changed, then record the outcome in ` +
    `the stack's configuration: ${decisionOf(name, startedAt)}`
  );
}

function truthOf({ name, kind }: Step, isOpen: boolean): string {
  if (!isOpen) return `; ${name} was ${kind === "rollBack" ? "rolled back" : "applied"} completely`;
  return `; ${name} was not completed, and the next run resumes it`;
}
