import type { LoneStatement } from "./lone-statement.ts";
import type { ScriptProblem } from "./parsed-statement.ts";
import type { ScriptSource } from "./script-lines.ts";
import type { ScriptPiece } from "./script-piece.ts";

/**
 * Statements of a script that succeed or fail together: a transaction, or one statement that cannot run in a
 * transaction.
 */
export interface Segment {
  kind: "transaction" | "alone";
  /** The index of its first statement in the script. */
  from: number;
  /** The index after its last statement. */
  to: number;
  /** The line in which its first statement begins. */
  line: number;
  /** The text of its first statement, shortened for a message. */
  words: string;
  /** The facts about a statement that runs alone. */
  alone: LoneStatement | undefined;
  /** True if it is a single statement that may commit by itself outside a transaction. It is then never repeated. */
  mayCommit: boolean;
}

/** A script with the decisions how to run it. It is atomic if it has at most one segment, and that is a transaction. */
export interface Script {
  /** The source to read it again; a small script needs no file. */
  source: ScriptSource;
  /** Its pieces, if it is small enough to be kept. */
  kept: readonly ScriptPiece[] | undefined;
  segments: readonly Segment[];
  /** The statements that open the transaction of its first segment. */
  opening: readonly string[];
  /** The indexes of BEGIN and COMMIT, which the runner's own transactions replace. */
  leftOut: ReadonlySet<number>;
  /** The indexes of statements that change the session for later statements. */
  settings: ReadonlySet<number>;
  /** The statements that are sent in portions: their size in bytes, by index. */
  long: ReadonlyMap<number, number>;
  /** Number of statements, including those that are left out. */
  statements: number;
  /** True if it can only change tables, views, sequences and their parts. */
  changesTables: boolean;
  problems: readonly ScriptProblem[];
  /** Its features that only this package, or psql, accepts. */
  peculiarities: readonly Peculiarity[];
}

/** A feature that most migration tools fail on, because they send a whole script in one message. */
export interface Peculiarity {
  kind: "byte-order-mark" | "copy-data" | "psql-command" | "new-enum-value";
  /** The line of its first occurrence. */
  line: number;
}

/** True if a script is one transaction. */
export function isAtomic({ segments }: Pick<Script, "segments">): boolean {
  return segments.length <= 1 && segments.every(({ kind }) => kind === "transaction");
}
