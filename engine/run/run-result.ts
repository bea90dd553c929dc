import type { CheckResult } from "../checks/check.ts";
import type { LockHolder } from "../postgres/activity/lock-holders.ts";
import type { LockWaiter } from "../postgres/activity/lock-waiters.ts";
import type { StatementProgress } from "../postgres/activity/statement-progress.ts";
import type { TextPosition } from "../postgres/text/text-position.ts";

/** A migration that this run has applied, or rolled back. */
export interface AppliedMigration {
  name: string;
  /** Milliseconds from its first statement to its COMMIT, checks included. */
  durationMs: number;
}

/** The migration at which a run stopped, and the cause. */
export interface FailedMigration {
  name: string;
  /** `up` if it was being applied; `down` if its down script was to roll it back. */
  direction: "up" | "down";
  /** The path of its script. */
  file: string;
  /**
   * `rolled-back`: nothing of the attempt remains. The others are for statements that cannot run in a transaction.
   * `undone`: it did not complete, its leftovers were removed, and the ledger has a rolled-back row. `unfinished`: part
   * of it is applied, or could not be removed; the error's hint names it, and the next run goes on there. `undecided`:
   * a statement that commits by itself failed and may be partly done, and no run repeats it before `decision` is made.
   * `committed`: it stays applied.
   */
  outcome: "rolled-back" | "undone" | "unfinished" | "undecided" | "committed";
  /** The configuration that records the outcome if it is `undecided`. */
  decision?: string | undefined;
  /** Effects that the attempt may have left although it was rolled back, each with its line in the script. */
  outlasting?: readonly string[] | undefined;
  /** The server's refusal; undefined if a check stopped the migration. */
  error: StatementError | undefined;
  /** The checks that failed after it; empty if the server refused a statement. */
  violated: ViolatedCheck[];
}

/** A statement that the server refused, in the server's own words. */
export interface StatementError {
  message: string;
  sqlstate: string | undefined;
  detail: string | undefined;
  hint: string | undefined;
  where: string | undefined;
  /** Its place in the script; undefined for an error that shows only at the end, such as a deferred constraint. */
  position: TextPosition | undefined;
  /** The line of the script with a caret beneath the column. */
  excerpt: string | undefined;
}

/** A check that failed, with its result before the run. */
export interface ViolatedCheck extends CheckResult {
  before: CheckResult["outcome"];
}

/**
 * The outcome of a run. A failed migration is data: its outcome names what remains of it; the migrations before it are
 * done.
 */
export interface RunResult {
  /** The declarations that the run recorded in the ledger without running anything. */
  declared: { name: string; as: "applied" | "rolled-back" }[];
  /** The migrations that were rolled back to reach the target, in that order. */
  rolledBack: AppliedMigration[];
  applied: AppliedMigration[];
  failed: FailedMigration | undefined;
  /** Names of the migrations that were left, the failed one included. */
  unapplied: string[];
  /** Names of the checks that were evaluated after the last migration, and held. */
  held: string[];
  /** The checks that only warn, and failed when they were evaluated last. */
  warnings: CheckResult[];
}

/** The events of a run in progress. */
export type RunProgress =
  | { event: "waiting"; holder: string }
  | { event: "started"; migration: string; direction: "up" | "down"; number: number; of: number }
  | { event: "retrying"; migration: string; waitMs: number; reason: string }
  | { event: "blocked"; migration: string; holders: LockHolder[] }
  | { event: "terminated"; migration: string; holder: LockHolder }
  | { event: "notice"; migration: string; severity: string; message: string }
  | { event: "ended-waiters"; migration: string; waiters: LockWaiter[] }
  | {
      event: "progressing";
      migration: string;
      /** The server's progress report; undefined for statements without one. */
      progress: StatementProgress | undefined;
      /** Milliseconds since the script, or a statement of the run's own, started. */
      elapsedMs: number;
      /** The statements of the script that were sent together; undefined for one of the run's own. */
      statements: { first: number; last: number; of: number } | undefined;
    }
  | { event: "analyzing"; table: string; number: number; of: number }
  | { event: "unanalyzed"; table: string; reason: string }
  | { event: "lost"; migration: string | undefined; reason: string }
  | { event: "reconnected"; inDoubt: string; isCompleted: boolean }
  | { event: "repeating"; migrations: string[] }
  | {
      event: "applied";
      migration: string;
      direction: "up" | "down";
      durationMs: number;
      number: number;
      of: number;
    };
