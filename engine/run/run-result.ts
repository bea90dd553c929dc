import type { CheckResult } from "../checks/check.ts";
import type { TextPosition } from "../postgres/text-position.ts";

/** A migration that this run has applied. */
export interface AppliedMigration {
  name: string;
  /** From its first statement to its COMMIT, checks included, milliseconds. */
  durationMs: number;
}

/** Why a run stopped. */
export interface FailedMigration {
  name: string;
  /** The path of its script. */
  file: string;
  /**
   * `rolled-back`: nothing of it remains. The others are for what cannot run in a transaction. `undone`: it did not
   * complete, what it left was removed, and the ledger has a rolled-back row. `unfinished`: the same, but not all
   * could be removed; the error's hint says what is left. `committed`: it stays applied.
   */
  outcome: "rolled-back" | "undone" | "unfinished" | "committed";
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

/** What a run did. A failed migration is data: its outcome says what remains of it; what came before it is applied. */
export interface RunResult {
  applied: AppliedMigration[];
  failed: FailedMigration | undefined;
  /** Names of the migrations that were left, the failed one included. */
  unapplied: string[];
}

/** What happens while a run goes on. */
export type RunProgress =
  | { event: "waiting"; holder: string }
  | { event: "started"; migration: string; number: number; of: number }
  | { event: "retrying"; migration: string; waitMs: number; reason: string }
  | { event: "applied"; migration: string; durationMs: number; number: number; of: number };
