import { randomUUID } from "node:crypto";
import type { Conditions } from "../checks/check-blocks.ts";
import type { Folder } from "../folder/folder.ts";
import { ledgerOf } from "../formats/formats.ts";
import { attemptIn, isNamed } from "../plan/declarations.ts";
import type { PlanOptions } from "../plan/plan-options.ts";
import type { Plan } from "../plan/plan.ts";
import { requireSoundPlan, type SoundScripts } from "../plan/plan-problems.ts";
import { planRun } from "../plan/plan-run.ts";
import { type Application, type Rollback, sectionRunBy, type Step, stepsOf } from "../plan/step.ts";
import { analyzeTables, noteTableStorage } from "./analyze-tables.ts";
import { applyMigration } from "./apply-migration.ts";
import type { CheckGate } from "./check-gate.ts";
import { openCheckGate } from "./open-check-gate.ts";
import { declare } from "./declare.ts";
import { lockRetry } from "./lock-retry.ts";
import { readConditions } from "./migration-conditions.ts";
import { settleDoubt } from "./lost-connection.ts";
import type { RunState, StepsRequest } from "./run-state.ts";
import { doneSince, failureIn, type InDoubt, type StepOutcomes } from "./step-outcome.ts";

/** Compares the announced steps with the ledger, and takes those that are left. */
export async function applySteps(request: StepsRequest, state: RunState): Promise<void> {
  const { session, folder, checks = [] } = request;
  const plan = await planAnnounced(request, state.outcomes);
  settleDoubt(plan, state, request);
  const scripts = await requireSoundPlan(plan, folder, {
    read: await request.scripts,
    database: session.database,
  });
  const conditions = await readConditions(plan, scripts);
  const runs = [...stepsOf(plan, "rollBack"), ...stepsOf(plan, "apply")];
  const isResumed = stepsOf(plan, "apply").some(({ interrupted }) => interrupted !== undefined);
  const { lockRetryMs = 60_000, analyze = true } = request.options ?? {};
  if (runs.length > 0)
    state.gate ??= await openCheckGate(session.database, checks, { isResumed, lockRetryMs });
  await declareAll(request, plan, state);
  if (state.gate === undefined || runs.length === 0 || failureIn(state.outcomes.values()) !== undefined)
    return;
  if (analyze) state.storage ??= await noteTableStorage(session.database);
  let ledgerExists = plan.ledgerExists || stepsOf(plan, "declare").length > 0;
  for (const [index, step] of runs.entries()) {
    const place = { number: index + 1, of: runs.length, ledgerExists };
    if (!(await applyStep({ request, state, scripts, conditions, gate: state.gate }, step, place))) return;
    ledgerExists = true;
  }
  if (state.storage !== undefined) {
    const ledger = ledgerOf(folder.format).tableOf(session.database.address.schema);
    await analyzeTables(session.database, { before: state.storage, ledger }, request.onProgress);
  }
}

/**
 * The plan according to the ledger as of now, reduced to the steps that were announced and that a backup was taken for.
 */
async function planAnnounced(
  { session, folder, steps, planOptions = {} }: StepsRequest,
  outcomes: StepOutcomes,
): Promise<Plan> {
  const options = withoutDeclared(planOptions, folder, outcomes);
  const plan = await planRun({ database: session.database, folder, options });
  const announced = new Set(steps.map(({ id }) => id));
  return { ...plan, steps: plan.steps.filter(({ id }) => announced.has(id)) };
}

/** A declaration of this run must not settle an attempt of its own that was interrupted since. */
function withoutDeclared(options: PlanOptions, { migrations }: Folder, outcomes: StepOutcomes): PlanOptions {
  if (options.resolve === undefined) return options;
  const done = new Set(
    [...outcomes.values()]
      .filter(({ step, outcome }) => step.kind === "declare" && outcome === "done")
      .map(({ step }) => step.name),
  );
  const left = Object.entries(options.resolve).filter(([named]) => {
    const { name } = attemptIn(named);
    return !done.has(migrations.find((migration) => isNamed(migration, name))?.name ?? name);
  });
  return { ...options, resolve: Object.fromEntries(left) };
}

async function declareAll({ session, folder }: StepsRequest, plan: Plan, state: RunState): Promise<void> {
  const declarations = stepsOf(plan, "declare");
  if (declarations.length === 0) return;
  const startedAt = performance.now();
  await declare(session, folder, plan);
  for (const step of declarations) state.outcomes.set(step.id, doneSince(inDoubtSince(startedAt, step)));
}

function inDoubtSince(startedAt: number, step: Step): InDoubt {
  return { step, outcome: "inDoubt", startedAt, findings: { failed: undefined } };
}

interface StepContext {
  request: StepsRequest;
  state: RunState;
  scripts: SoundScripts;
  conditions: ReadonlyMap<string, Conditions>;
  gate: CheckGate;
}

/** Takes one step; false if it failed. */
async function applyStep(
  { request, state, scripts, conditions, gate }: StepContext,
  step: Application | Rollback,
  { number, of, ledgerExists }: { number: number; of: number; ledgerExists: boolean },
): Promise<boolean> {
  const { session, folder, options = {}, onProgress } = request;
  const { id, name, migration } = step;
  const section = sectionRunBy(step);
  const script = section && scripts.get(section);
  if (script === undefined) throw new Error(`The script of ${name} was not read.`);
  const direction = step.kind === "apply" ? "up" : "down";
  onProgress?.({ event: "started", migration: name, direction, number, of });
  const inDoubt = inDoubtSince(performance.now(), step);
  state.outcomes.set(id, inDoubt);
  const failed = await applyMigration({
    session,
    ledger: ledgerOf(folder.format),
    direction,
    migration,
    interrupted: step.kind === "apply" ? step.interrupted : undefined,
    script,
    record: { id: randomUUID(), migration },
    findings: inDoubt.findings,
    gate,
    conditions: (direction === "up" ? conditions.get(name) : undefined) ?? { before: [], after: [] },
    retry: lockRetry({
      retryMs: options.lockRetryMs ?? 60_000,
      onRetry: (waitMs, reason) => onProgress?.({ event: "retrying", migration: name, waitMs, reason }),
    }),
    createLedger: !ledgerExists,
    isRepeated: state.losses.step === id,
    last: number === of,
  });
  if (failed !== undefined && failed.outcome !== "committed") {
    state.outcomes.set(id, { step, outcome: "failed", failed });
    return false;
  }
  gate.accept();
  state.isVolatile = number < of;
  const done = doneSince(inDoubt);
  state.outcomes.set(id, done);
  if (failed !== undefined) return false;
  onProgress?.({
    ...{ event: "applied", migration: name, direction },
    ...{ durationMs: done.durationMs, number, of },
  });
  return true;
}
