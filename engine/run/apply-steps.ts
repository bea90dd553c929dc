import { randomUUID } from "node:crypto";
import type { Conditions } from "../checks/check-blocks.ts";
import type { Folder } from "../folder/folder.ts";
import { ledgerOf } from "../formats/formats.ts";
import { attemptIn, isNamed } from "../plan/declarations.ts";
import type { PlanOptions } from "../plan/plan-options.ts";
import { onlySteps, stepsOf } from "../plan/plan.ts";
import { requireSoundPlan, type SoundScripts } from "../plan/plan-problems.ts";
import { planRun } from "../plan/plan-run.ts";
import { analyzeTables, noteTableStorage } from "./analyze-tables.ts";
import { applyMigration } from "./apply-migration.ts";
import type { Verdict } from "./migration-attempt.ts";
import type { CheckGate } from "./check-gate.ts";
import { openCheckGate } from "./open-check-gate.ts";
import { declare } from "./declare.ts";
import { lockRetry } from "./lock-retry.ts";
import { readConditions } from "./migration-conditions.ts";
import { done, settleDoubt } from "./lost-connection.ts";
import type { RunResult } from "./run-result.ts";
import type { RunState, Step, StepsRequest } from "./run-state.ts";

/** Looks what there is to do, and does it. */
export async function applySteps(request: StepsRequest, state: RunState): Promise<RunResult> {
  const { session, folder, checks = [] } = request;
  const { result } = state;
  const options = withoutDeclared(request.plan.options, folder, result.declared);
  // Only what was announced, and a backup taken for, is done.
  const plan = onlySteps(
    await planRun({ database: session.database, folder, options }),
    stepsOf(request.plan),
  );
  settleDoubt(plan, state, request);
  const scripts = await requireSoundPlan(plan, folder, {
    read: await request.scripts,
    database: session.database,
  });
  const conditions = await readConditions(plan, scripts);
  const steps = [
    ...plan.rollback.map((migration) => ({ name: migration.name, direction: "down" as const, migration })),
    ...plan.pending.map((migration) => ({ name: migration.name, direction: "up" as const, migration })),
  ];
  result.unapplied = plan.pending.map(({ name }) => name);
  const isResumed = plan.pending.some(({ interrupted }) => interrupted !== undefined);
  const { lockRetryMs = 60_000 } = request.options ?? {};
  if (steps.length > 0)
    state.gate ??= await openCheckGate(session.database, checks, { isResumed, lockRetryMs });
  if (plan.declared.length > 0) result.declared.push(...(await declare(session, folder, plan)));
  if (state.gate === undefined || steps.length === 0 || result.failed !== undefined) return result;
  if (request.options?.analyze !== false) state.storage ??= await noteTableStorage(session.database);
  let ledgerExists = plan.ledgerExists || plan.declared.length > 0;
  for (const [index, step] of steps.entries()) {
    const place = { number: index + 1, of: steps.length };
    if (
      !(await applyStep({ request, state, scripts, conditions, gate: state.gate }, step, {
        ...place,
        ledgerExists,
      }))
    )
      return result;
    ledgerExists = true;
  }
  if (state.storage !== undefined) {
    const ledger = ledgerOf(folder.format).tableOf(session.database.address.schema);
    await analyzeTables(session.database, { before: state.storage, ledger }, request.onProgress);
  }
  return result;
}

/** What this run has declared once must not settle an attempt of its own that was interrupted since. */
function withoutDeclared(
  options: PlanOptions,
  { migrations }: Folder,
  declared: RunResult["declared"],
): PlanOptions {
  if (options.resolve === undefined || declared.length === 0) return options;
  const done = new Set(declared.map(({ name }) => name));
  const left = Object.entries(options.resolve).filter(([named]) => {
    const { name } = attemptIn(named);
    return !done.has(migrations.find((migration) => isNamed(migration, name))?.name ?? name);
  });
  return { ...options, resolve: Object.fromEntries(left) };
}

interface StepContext {
  request: StepsRequest;
  state: RunState;
  scripts: SoundScripts;
  conditions: ReadonlyMap<string, Conditions>;
  gate: CheckGate;
}

/** Takes one step; false where it failed. */
async function applyStep(
  { request, state, scripts, conditions, gate }: StepContext,
  step: Step,
  { number, of, ledgerExists }: { number: number; of: number; ledgerExists: boolean },
): Promise<boolean> {
  const { session, folder, options = {}, onProgress } = request;
  const { name, direction, migration } = step;
  const script = scripts.get(direction === "up" ? migration.up : (migration.down ?? migration.up));
  if (script === undefined) throw new Error(`The script of ${name} was not read.`);
  onProgress?.({ event: "started", migration: name, direction, number, of });
  const startedAt = performance.now();
  const verdict: Verdict = { failed: undefined };
  state.inDoubt = { ...step, startedAt, verdict };
  const { result } = state;
  result.failed = await applyMigration({
    session,
    ledger: ledgerOf(folder.format),
    direction,
    migration,
    script,
    record: { id: randomUUID(), migration },
    verdict,
    gate,
    conditions: (direction === "up" ? conditions.get(name) : undefined) ?? { before: [], after: [] },
    retry: lockRetry({
      retryMs: options.lockRetryMs ?? 60_000,
      onRetry: (waitMs, reason) => onProgress?.({ event: "retrying", migration: name, waitMs, reason }),
    }),
    createLedger: !ledgerExists,
    isRepeated: state.losses.step === name,
    last: number === of,
  });
  state.inDoubt = undefined;
  if (result.failed === undefined || result.failed.outcome === "committed") gate.accept();
  result.held = gate.held;
  result.warnings = gate.warnings;
  if (result.failed !== undefined && result.failed.outcome !== "committed") return false;
  state.isVolatile = number < of;
  const durationMs = done(state, step, startedAt);
  if (result.failed !== undefined) return false;
  onProgress?.({ event: "applied", migration: name, direction, durationMs, number, of });
  return true;
}
