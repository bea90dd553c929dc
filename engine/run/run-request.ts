import type { Check } from "../checks/check.ts";
import type { Folder } from "../folder/folder.ts";
import type { PlanOptions } from "../plan/plan-options.ts";
import type { Step } from "../plan/step.ts";
import type { Database } from "../postgres/session/database.ts";
import type { RunProgress } from "./run-result.ts";
import type { WatchOptions } from "./statement-watch.ts";

/** The waiting times and other settings of a run. */
export interface RunOptions extends Pick<WatchOptions, "silenceMs" | "terminateIdleAfterMs"> {
  /** Milliseconds to wait for another run to end. Default: 10 minutes. */
  runLockWaitMs?: number | undefined;
  /** Milliseconds to retry while the application holds a lock that a migration needs. Default: 1 minute. */
  lockRetryMs?: number | undefined;
  /** Milliseconds to retry connecting after the connection was lost. Default: 1 minute. */
  reconnectMs?: number | undefined;
  /**
   * True to renew the planner's statistics of tables of more than ten pages that were filled, rewritten or indexed.
   * Default: true.
   */
  analyze?: boolean | undefined;
}

/** The session, the folder, the steps and the options of a run. */
export interface RunRequest {
  /** A session that nothing else uses, best opened with a `lockTimeoutMs`. */
  database: Database;
  folder: Folder;
  /** The announced steps, such as those of a plan. Steps that another run has taken meanwhile are left out. */
  steps: readonly Pick<Step, "id">[];
  /** The options that they were planned with. Default: none. */
  planOptions?: PlanOptions | undefined;
  checks?: readonly Check[] | undefined;
  options?: RunOptions | undefined;
  onProgress?: ((progress: RunProgress) => void) | undefined;
}
