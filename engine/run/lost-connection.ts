import { setTimeout as sleep } from "node:timers/promises";
import { PgMigrationsError } from "../error.ts";
import { foreign } from "../foreign-text.ts";
import { decisionOf } from "../plan/declarations.ts";
import type { FailedAttempt, Plan } from "../plan/plan.ts";
import { ConnectionError } from "../postgres/session/connection-error.ts";
import type { Database } from "../postgres/session/database.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import type { RunRequest } from "./run-request.ts";
import type { Interruption, RunState, Step } from "./run-state.ts";

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

/** Notes that a step is done, and tells how long it took, milliseconds. */
export function done({ result }: RunState, { name, direction }: Step, startedAt: number): number {
  const durationMs = Math.round(performance.now() - startedAt);
  if (direction === "down") {
    result.rolledBack.push({ name, durationMs });
    return durationMs;
  }
  result.applied.push({ name, durationMs });
  const left = result.unapplied.indexOf(name);
  if (left >= 0) result.unapplied.splice(left, 1);
  return durationMs;
}

/**
 * The ledger tells what became of the step during which the connection was lost. The lock is held again, so whatever
 * the lost session was doing has ended.
 */
export function settleDoubt(plan: Plan, state: RunState, { onProgress }: RunRequest): void {
  const { inDoubt, decision, interruption } = state;
  const undone = takeBack(plan, state);
  if (undone.length > 0) onProgress?.({ event: "repeating", migrations: undone });
  if (inDoubt !== undefined) {
    const { name, direction } = inDoubt;
    const undecided = plan.failed.find((attempt) => attempt.name === name);
    if (undecided !== undefined && interruption !== undefined)
      throw withTruth(interruption, state, truthOfUndecided(undecided));
    const isOpen = (direction === "up" ? plan.pending : plan.rollback).some((step) => step.name === name);
    if (!isOpen) {
      done(state, inDoubt, inDoubt.startedAt);
      state.gate?.accept();
      state.result.failed = inDoubt.verdict.failed;
    }
    state.inDoubt = undefined;
    if (decision === undefined) onProgress?.({ event: "reconnected", inDoubt: name, isCompleted: !isOpen });
    else throw withTruth(decision, state, truthOf(name, direction, isOpen));
  }
  if (decision !== undefined) throw withTruth(decision, state);
}

/** The attempt cannot be resumed: a statement that commits by itself may be partly done. */
function truthOfUndecided({ name, obstacle, startedAt }: FailedAttempt): string {
  const because = obstacle ?? "It may be partly done.";
  return (
    `; ${foreign(name)} was not completed and is not repeated. ${because} Check what it changed, then record the outcome in ` +
    `the stack's configuration: ${decisionOf(name, startedAt)}`
  );
}

/** A server that has crashed may have lost what it committed last; gives the names of what is done again. */
function takeBack({ pending, rollback }: Plan, { result }: RunState): string[] {
  const toApply = new Set(pending.map(({ name }) => name));
  const toRollBack = new Set(rollback.map(({ name }) => name));
  const undone = [
    ...result.applied.filter(({ name }) => toApply.has(name)),
    ...result.rolledBack.filter(({ name }) => toRollBack.has(name)),
  ];
  result.applied = result.applied.filter((one) => !undone.includes(one));
  result.rolledBack = result.rolledBack.filter((one) => !undone.includes(one));
  return undone.map(({ name }) => name);
}

function truthOf(name: string, direction: "up" | "down", isOpen: boolean): string {
  if (!isOpen) return `; ${name} was ${direction === "up" ? "applied" : "rolled back"} completely`;
  return `; ${name} was not completed, and the next run takes it up`;
}
