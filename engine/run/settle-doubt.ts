import { foreign } from "../foreign-text.ts";
import { decisionOf } from "../plan/declarations.ts";
import type { FailedAttempt, Plan } from "../plan/plan.ts";
import type { RunRequest } from "./apply-run.ts";
import type { RunState, Step } from "./apply-steps.ts";
import { withTruth } from "./lost-connection.ts";

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
