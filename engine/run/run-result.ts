import type { CheckResult } from "../checks/check.ts";
import type { LockHolder } from "../postgres/activity/lock-holders.ts";
import type { LockWaiter } from "../postgres/activity/lock-waiters.ts";
import type { StatementProgress } from "../postgres/activity/statement-progress.ts";
import type { TextPosition } from "../postgres/text/text-position.ts";

/** A migration that this run has applied, or rolled back. */
export interface AppliedMigration {
  name: string;
  /** From its first statement to its COMMIT, checks included, milliseconds. */
  durationMs: number;
}

/** Why a run stopped. */
export interface FailedMigration {
  name: string;
  /** Whether it was to be applied, or to be rolled back by its down script. */
  direction: "up" | "down";
  /** The path of its script. */
  file: string;
  /**
   * `rolled-back`: nothing of the attempt remains. The others are for what cannot run in a transaction. `undone`: it
   * did not complete, what it left was removed, and the ledger has a rolled-back row. `unfinished`: part of it is
   * applied, or could not be removed; the error's hint says what, and the next run goes on there. `undecided`: a statement
   * that commits by itself failed and may be partly done, and no run repeats it before `decision` is made. `committed`: it
   * stays applied.
   */
  outcome: "rolled-back" | "undone" | "unfinished" | "undecided" | "committed";
  /** The configuration that records the outcome, if that is `undecided`. */
  decision?: string | undefined;
  /** What the attempt may have left although it was rolled back, each with its line in the script. */
  outlasting?: readonly string[] | undefined;
  /** What the server refused; undefined where a check stopped the migration. */
  error: StatementError | undefined;
  /** The checks that do not hold after it; empty where the server refused a statement. */
  violated: ViolatedCheck[];
}

/** A statement that the server refused, in the server's own words. */
export interface StatementError {
  message: string;
  sqlstate: string | undefined;
  detail: string | undefined;
  hint: string | undefined;
  where: string | undefined;
  /** Where in the script; undefined for what is found only at the end, such as a deferred constraint. */
  position: TextPosition | undefined;
  /** The line of the script with a caret beneath the column. */
  excerpt: string | undefined;
}

/** A check that does not hold, and what it was found to be before the run. */
export interface ViolatedCheck extends CheckResult {
  before: CheckResult["outcome"];
}

/** What a run did. A failed migration is data: its outcome says what remains of it; what came before it is done. */
export interface RunResult {
  /** What the ledger was told without anything being run. */
  declared: { name: string; as: "applied" | "rolled-back" }[];
  /** What was rolled back to come to the target, in that order. */
  rolledBack: AppliedMigration[];
  applied: AppliedMigration[];
  failed: FailedMigration | undefined;
  /** Names of the migrations that were left, the failed one included. */
  unapplied: string[];
  /** Names of the checks that were evaluated after the last migration, and held. */
  held: string[];
  /** The checks that need not hold, and did not when they were evaluated last. */
  warnings: CheckResult[];
}

/** What happens while a run goes on. */
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
      /** What the server knows of it; undefined for statements of which it reports nothing. */
      progress: StatementProgress | undefined;
      /** How long the script has been running, or a statement of the run's own, milliseconds. */
      elapsedMs: number;
      /** Which statements of the script were sent together; undefined for one of the run's own. */
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
