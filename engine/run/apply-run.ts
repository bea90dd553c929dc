import { setTimeout as sleep } from "node:timers/promises";
import type { Check } from "../checks/check.ts";
import type { Folder } from "../folder/folder.ts";
import { ledgerOf } from "../ledger/ledger.ts";
import type { PendingMigration, Plan } from "../plan/plan.ts";
import { planRun } from "../plan/plan-run.ts";
import { requireSoundPlan } from "../plan/plan-problems.ts";
import { withAdvisoryLock } from "../postgres/advisory-lock.ts";
import { ConnectionError } from "../postgres/connection-error.ts";
import type { Database } from "../postgres/database.ts";
import { sqlstate } from "../postgres/sqlstate.ts";
import { applyMigration } from "./apply-migration.ts";
import { openCheckGate } from "./check-gate.ts";
import type { FailedMigration, RunProgress, RunResult } from "./run-result.ts";

/** How a run behaves where it has to wait. */
export interface RunOptions {
  /** How long to wait for another run to end, milliseconds. Default: 10 minutes. */
  runLockWaitMs?: number | undefined;
  /** How long to go on trying where the application holds a lock that a migration needs, milliseconds. Default: 1 minute. */
  lockRetryMs?: number | undefined;
}

/** What a run needs. */
export interface RunRequest {
  /** A session of its own, best opened with a `lockTimeoutMs`. */
  database: Database;
  folder: Folder;
  /** What was decided to be applied; whatever another run has applied meanwhile is left out. */
  plan: Plan;
  checks?: readonly Check[] | undefined;
  options?: RunOptions | undefined;
  onProgress?: ((progress: RunProgress) => void) | undefined;
}

/**
 * Applies the pending migrations in order, each atomic with its checks and its ledger row, and stops at the
 * first that fails. One run at a time works on a database; another waits. Rejects with a `PlanError`, before
 * anything is changed, where the plan is unsound, and with a `ConnectionError` that says what was applied where
 * the session is lost.
 */
export async function applyRun(request: RunRequest): Promise<RunResult> {
  const { database, folder, options = {}, onProgress } = request;
  return withAdvisoryLock(
    database,
    {
      key: ledgerOf(folder.format).lockKey,
      waitMs: options.runLockWaitMs ?? 600_000,
      onWait: (holder) => onProgress?.({ event: "waiting", holder }),
    },
    () => applyPending(request),
  );
}

async function applyPending(request: RunRequest): Promise<RunResult> {
  const { database, folder, checks = [], onProgress } = request;
  const plan = await planRun({ database, folder });
  await requireSoundPlan(plan, folder);
  const planned = new Set(request.plan.pending.map((migration) => migration.name));
  const pending = plan.pending.filter((migration) => planned.has(migration.name));
  const result: RunResult = { applied: [], failed: undefined, unapplied: pending.map(({ name }) => name) };
  if (pending.length === 0) return result;

  const ledger = ledgerOf(folder.format);
  const gate = await openCheckGate(database, checks);
  for (const [index, migration] of pending.entries()) {
    const place = { migration: migration.name, number: index + 1, of: pending.length };
    onProgress?.({ event: "started", ...place });
    const startedAt = performance.now();
    const createLedger = !plan.ledgerExists && result.applied.length === 0;
    const last = index === pending.length - 1;
    const attempt = { database, ledger, migration, gate, createLedger, last };
    try {
      result.failed = await withLockRetries(request, migration, () => applyMigration(attempt));
    } catch (error) {
      throw error instanceof ConnectionError ? lostDuring(migration.name, result, error) : error;
    }
    if (result.failed !== undefined && result.failed.outcome !== "committed") return result;
    const durationMs = Math.round(performance.now() - startedAt);
    result.applied.push({ name: migration.name, durationMs });
    result.unapplied.shift();
    if (result.failed !== undefined) return result;
    onProgress?.({ event: "applied", ...place, durationMs });
  }
  return result;
}

/** A lost connection leaves no result to read, so the message itself tells how far the run had come. */
function lostDuring(migration: string, { applied }: RunResult, error: ConnectionError): ConnectionError {
  const names = applied.map(({ name }) => name);
  const before =
    names.length === 0
      ? "No migration of this run was applied before"
      : `Applied before, by this run: ${names.slice(-10).join(", ")}${names.length > 10 ? ` and ${names.length - 10} earlier` : ""}`;
  return new ConnectionError(
    error.code,
    `${error.message} ${before}; whether ${migration} was, is in doubt until the next run looks.`,
    { cause: error.cause, sqlstate: error.sqlstate },
  );
}

/** Gives way to whoever holds a lock: the migration has been rolled back or undone, and is tried again a little later. */
async function withLockRetries(
  { options = {}, onProgress }: RunRequest,
  migration: PendingMigration,
  apply: () => Promise<FailedMigration | undefined>,
): Promise<FailedMigration | undefined> {
  const deadline = Date.now() + (options.lockRetryMs ?? 60_000);
  for (let backoffMs = 250; ; backoffMs = Math.min(backoffMs * 2, 8_000)) {
    const failed = await apply();
    const waitMs = Math.round(backoffMs * (0.5 + Math.random()));
    // What is left unfinished is for the next run, which looks at it first.
    if (failed?.error?.sqlstate !== sqlstate.lockNotAvailable || failed.outcome === "unfinished")
      return failed;
    if (Date.now() + waitMs > deadline) return failed;
    onProgress?.({ event: "retrying", migration: migration.name, waitMs, reason: failed.error.message });
    await sleep(waitMs);
  }
}
