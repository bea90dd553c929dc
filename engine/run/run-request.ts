import type { Check } from "../checks/check.ts";
import type { Folder } from "../folder/folder.ts";
import type { PlanOptions } from "../plan/plan-options.ts";
import type { Step } from "../plan/step.ts";
import type { Database } from "../postgres/session/database.ts";
import type { RunProgress } from "./run-result.ts";
import type { WatchOptions } from "./statement-watch.ts";

/** How a run behaves where it has to wait. */
export interface RunOptions extends Pick<WatchOptions, "silenceMs" | "terminateIdleAfterMs"> {
  /** How long to wait for another run to end, milliseconds. Default: 10 minutes. */
  runLockWaitMs?: number | undefined;
  /** How long to go on trying where the application holds a lock that a migration needs, milliseconds. Default: 1 minute. */
  lockRetryMs?: number | undefined;
  /** How long to go on trying to connect again where the connection was lost, milliseconds. Default: 1 minute. */
  reconnectMs?: number | undefined;
  /**
   * Whether to renew the planner's statistics of tables of more than ten pages that were filled, rewritten
   * or given an index. Default: true.
   */
  analyze?: boolean | undefined;
}

/** What a run needs. */
export interface RunRequest {
  /** A session of its own, best opened with a `lockTimeoutMs`. */
  database: Database;
  folder: Folder;
  /** The steps that were announced, such as those of a plan. Those that another run has taken meanwhile are left out. */
  steps: readonly Pick<Step, "id">[];
  /** The options that they were planned with. Default: none. */
  planOptions?: PlanOptions | undefined;
  checks?: readonly Check[] | undefined;
  options?: RunOptions | undefined;
  onProgress?: ((progress: RunProgress) => void) | undefined;
}
