import type { Check } from "../checks/check.ts";
import type { Folder } from "../folder/folder.ts";
import type { Plan } from "../plan/plan.ts";
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
  /** What was decided to be done; whatever another run has done meanwhile is left out. */
  plan: Plan;
  checks?: readonly Check[] | undefined;
  options?: RunOptions | undefined;
  onProgress?: ((progress: RunProgress) => void) | undefined;
}
