import type { LoneStatement } from "./lone-statement.ts";
import type { ScriptProblem } from "./parsed-statement.ts";
import type { ScriptSource } from "./script-lines.ts";
import type { ScriptPiece } from "./script-piece.ts";

/** Statements of a script that succeed or fail together: a transaction, or one statement that can run in none. */
export interface Segment {
  kind: "transaction" | "alone";
  /** The index of its first statement in the script. */
  from: number;
  /** The index after that of its last. */
  to: number;
  /** The line in which its first statement begins. */
  line: number;
  /** The words of its first statement, cut to what a message can hold. */
  words: string;
  /** What has to be known of a statement that runs alone. */
  alone: LoneStatement | undefined;
  /** Whether it is a single statement that may commit by itself outside a transaction: then it is never repeated. */
  mayCommit: boolean;
}

/** A script as it will be run. It is atomic where it has one segment at most, and that is a transaction. */
export interface Script {
  /** Where it can be read once more; a small one without its file. */
  source: ScriptSource;
  /** Its pieces, where it is small enough to be kept. */
  kept: readonly ScriptPiece[] | undefined;
  segments: readonly Segment[];
  /** The statements that open the transaction of its first segment. */
  opening: readonly string[];
  /** The indexes of BEGIN and COMMIT, whose place the runner's own transactions take. */
  leftOut: ReadonlySet<number>;
  /** The indexes of statements that change the session for those after them. */
  settings: ReadonlySet<number>;
  /** The statements that are sent in portions: by their index, how many bytes each has. */
  long: ReadonlyMap<number, number>;
  /** How many statements it has, those that are left out included. */
  statements: number;
  /** Whether all that it can change are tables, views, sequences and what belongs to them. */
  changesTables: boolean;
  problems: readonly ScriptProblem[];
  /** What it has that only this package, or psql, takes. */
  peculiarities: readonly Peculiarity[];
}

/** Something that most migration tools fail on, since they send a whole script in one message. */
export interface Peculiarity {
  kind: "byte-order-mark" | "copy-data" | "psql-command" | "new-enum-value";
  /** The line in which it is first. */
  line: number;
}

/** Whether all of a script is one transaction. */
export function isAtomic({ segments }: Pick<Script, "segments">): boolean {
  return segments.length <= 1 && segments.every(({ kind }) => kind === "transaction");
}
