import type { PlanScripts } from "../plan/plan-scripts.ts";
import type { Backend } from "../postgres/activity/session-activity.ts";
import type { TableStorage } from "../postgres/catalog/table-storage.ts";
import type { ConnectionError } from "../postgres/session/connection-error.ts";
import type { StatementFailure } from "../postgres/text/statement-failure.ts";
import type { CheckGate } from "./check-gate.ts";
import type { RunRequest } from "./run-request.ts";
import type { RunSession } from "./run-session.ts";
import type { StepOutcome } from "./step-outcome.ts";

/** The state of a run across its sessions. */
export interface RunState {
  /** The outcome of each step, by its id. */
  outcomes: Map<string, StepOutcome>;
  /** The checks as they were before the run; undefined until they were evaluated. */
  gate: CheckGate | undefined;
  /** The last interruption. If it is final, the run stops once it has read the outcome of the step in doubt. */
  interruption: { error: Interruption; isFinal: boolean } | undefined;
  /** The server process that the run works, or worked, with. */
  backend: Backend | undefined;
  /** The storage of tables before the run; undefined if their statistics are not renewed. */
  storage: TableStorage | undefined;
  /** The step during which the connection was lost last, and the number of times in a row. */
  losses: { step: string | undefined; times: number };
  /** True if a commit may not have reached the disk yet. */
  isVolatile: boolean;
}

/** The data that the steps of a run need. */
export interface StepsRequest extends RunRequest {
  session: RunSession;
  /** The scripts of all announced steps. */
  scripts: Promise<PlanScripts>;
}

/** Causes that can interrupt a run: a lost connection, or a refusal of the run's own work. */
export type Interruption = ConnectionError | StatementFailure;
