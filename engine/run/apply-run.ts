import { ledgerOf } from "../formats/formats.ts";
import { announcedScripts, readPlanScripts } from "../plan/plan-scripts.ts";
import { withAdvisoryLock } from "../postgres/activity/advisory-lock.ts";
import { ConnectionError } from "../postgres/session/connection-error.ts";
import type { Database } from "../postgres/session/database.ts";
import { endLostBackend } from "../postgres/activity/session-activity.ts";
import { applySteps } from "./apply-steps.ts";
import type { Interruption, RunState, StepsRequest } from "./run-state.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { isDecision, reconnect, withTruth } from "./lost-connection.ts";
import { makeDurable } from "./session-state.ts";
import type { RunRequest } from "./run-request.ts";
import type { RunResult } from "./run-result.ts";
import { inDoubtOf, listed } from "./step-outcome.ts";
import { watchSession } from "./run-session.ts";

/**
 * Takes the planned steps: declares, rolls back, applies. Each step is atomic with its checks and its ledger row; the
 * run stops at the first that fails. One run at a time works on a database; another waits. If the connection is lost,
 * the run reconnects, reads from the ledger what was done, and goes on, unless an administrator ended the session.
 * Rejects with a `PlanError`, before anything is changed, if the plan is unsound. Rejects with a `ConnectionError` if
 * it cannot reconnect, and with a `RunRefusedError` if the server refuses the run's own work, such as a row in the
 * ledger; both report what was done.
 */
export async function applyRun(request: RunRequest): Promise<RunResult> {
  const state: RunState = {
    outcomes: new Map(),
    gate: undefined,
    interruption: undefined,
    backend: undefined,
    storage: undefined,
    losses: { step: undefined, times: 0 },
    isVolatile: false,
  };
  // Read while the session gets ready. The preflight parsed every statement; here the plain ones would only be parsed
  // once more.
  const announced = announcedScripts(request.folder, new Set(request.steps.map(({ id }) => id)));
  const scripts = readPlanScripts(announced, { parsesPlain: false });
  scripts.catch(() => undefined);
  const opened: Database[] = [];
  try {
    for (let database = request.database; ;) {
      try {
        await underLock({ ...request, database, scripts }, state);
        return resultOf(state);
      } catch (error) {
        if (!isInterruption(error, database, state)) throw error;
        if (state.interruption?.isFinal === true) throw withTruth(state.interruption.error, state);
        const inDoubt = inDoubtOf(state.outcomes)?.step;
        state.interruption = { error, isFinal: isLostAgain(state, inDoubt?.id) || isDecision(error) };
        if (database.isLost)
          request.onProgress?.({
            event: "lost",
            migration: inDoubt?.name,
            reason: database.redact(reasonOf(error)),
          });
        // A session that was refused in the middle of something is replaced by a new one.
        else database.abandon("the run goes on in another session");
        database = await reconnect(request, error).catch((cause: unknown) => {
          throw cause instanceof ConnectionError ? withTruth(error, state) : cause;
        });
        opened.push(database);
      }
    }
  } finally {
    for (const database of opened) await database.close();
  }
}

function resultOf({ outcomes, gate }: RunState): RunResult {
  return { ...listed(outcomes), held: gate?.held ?? [], warnings: gate?.warnings ?? [] };
}

/**
 * True if a step may be half done. A refusal before the first step has done nothing, and its own message states that.
 */
function isInterruption(error: unknown, { isLost }: Database, { outcomes }: RunState): error is Interruption {
  return (
    (error instanceof ConnectionError && isLost) ||
    (error instanceof StatementFailure && inDoubtOf(outcomes) !== undefined)
  );
}

/** The words of the driver or the server. The advice is for the case that reconnecting fails. */
function reasonOf({ cause, message }: Interruption): string {
  return cause instanceof Error ? cause.message : message;
}

/** The number of times that the connection may be lost during the same step: the step itself may crash the server. */
const toleratedLosses = 3;

function isLostAgain(state: RunState, step: string | undefined): boolean {
  state.losses = { step, times: step === state.losses.step ? state.losses.times + 1 : 1 };
  return state.losses.times >= toleratedLosses;
}

async function underLock(request: Omit<StepsRequest, "session">, state: RunState): Promise<void> {
  const { database, folder, options = {}, onProgress } = request;
  const lockKey = ledgerOf(folder.format).lockKey(database.address);
  const session = await watchSession(database, options, {
    lockKey,
    current: () => inDoubtOf(state.outcomes)?.step.name,
    report: (progress) => onProgress?.(progress),
  });
  try {
    if (state.backend !== undefined) await endLostBackend(session.database, state.backend);
    state.backend = session.backend;
    await withAdvisoryLock(
      session.database,
      {
        key: lockKey,
        waitMs: options.runLockWaitMs ?? 600_000,
        onWait: (holder) => onProgress?.({ event: "waiting", holder }),
      },
      async () => {
        try {
          await applySteps({ ...request, session }, state);
        } finally {
          if (state.isVolatile && !database.isLost) await makeDurable(database);
        }
      },
    );
  } finally {
    await session.watch.close();
  }
}
