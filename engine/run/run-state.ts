import type { Migration } from "../folder/migration.ts";
import type { PendingMigration } from "../plan/plan.ts";
import type { PlanScripts } from "../plan/plan-scripts.ts";
import type { Backend } from "../postgres/activity/session-activity.ts";
import type { TableStorage } from "../postgres/catalog/table-storage.ts";
import type { ConnectionError } from "../postgres/session/connection-error.ts";
import type { StatementFailure } from "../postgres/text/statement-failure.ts";
import type { CheckGate } from "./check-gate.ts";
import type { Verdict } from "./migration-attempt.ts";
import type { RunRequest } from "./run-request.ts";
import type { RunResult } from "./run-result.ts";
import type { RunSession } from "./run-session.ts";

/** What a run knows of itself, whichever session it works on. */
export interface RunState {
  result: RunResult;
  /** How the checks stood before the run; undefined until they were evaluated. */
  gate: CheckGate | undefined;
  /** The step that is being worked on: in doubt, once the connection is lost. */
  inDoubt: (Step & { startedAt: number; verdict: Verdict }) | undefined;
  /** Why the run stops as soon as it has looked what became of that step. */
  decision: Interruption | undefined;
  /** What interrupted the run last. */
  interruption: Interruption | undefined;
  /** The server process that the run works, or worked, with. */
  backend: Backend | undefined;
  /** Where tables were kept before the run; undefined where their statistics are not to be renewed. */
  storage: TableStorage | undefined;
  /** During which step the connection was lost last, and how often in a row. */
  losses: { step: string | undefined; times: number };
  /** Whether something was committed that may not have reached the disk yet. */
  isVolatile: boolean;
}

/** One migration that is applied, or rolled back. */
export interface Step {
  name: string;
  direction: "up" | "down";
  migration: Migration & Partial<Pick<PendingMigration, "interrupted">>;
}

/** What the steps of a run need. */
export interface StepsRequest extends RunRequest {
  session: RunSession;
  /** The scripts of all that was announced. */
  scripts: Promise<PlanScripts>;
}

/** What can interrupt a run: a connection that is lost, or a refusal of the run's own work. */
export type Interruption = ConnectionError | StatementFailure;
