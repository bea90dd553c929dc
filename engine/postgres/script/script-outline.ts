import { EnumValues } from "./enum-values.ts";
import { loneStatementOf } from "./lone-statement.ts";
import { LastingSettings } from "./lasting-settings.ts";
import { type ParsedStatement, type ScriptProblem, wordsOf } from "./parsed-statement.ts";
import type { Peculiarity, Script, Segment } from "./script.ts";
import { excerptOfPiece, positionInPiece, type ScriptPiece, type StatementSpan } from "./script-piece.ts";
import { plainWords } from "./plain-statement.ts";
import { cannotRunInTransaction, changesTablesOnly, mayCommit } from "./statement-class.ts";
import { statementProblem } from "./statement-problem.ts";
import { TransactionControl } from "./transaction-control.ts";

/** Reads the statements of a script once and records how to run them, not the statements themselves. */
export class ScriptOutline {
  readonly #transaction: boolean;
  readonly #control = new TransactionControl();
  readonly #enumValues = new EnumValues();
  readonly #segments: Segment[] = [];
  readonly #settings = new LastingSettings();
  readonly #problems: ScriptProblem[] = [];
  readonly #peculiarities: Peculiarity[] = [];
  readonly #long = new Map<number, number>();
  /** The problem to report if the long statement turns out to be too long. */
  #tooLong: (() => ScriptProblem) | undefined;
  #statements = 0;
  #changesTables = true;

  constructor(transaction: boolean) {
    this.#transaction = transaction;
  }

  refuse(problem: ScriptProblem): void {
    this.#problems.push(problem);
  }

  /** Takes the statements of a piece; one without a parse tree is known to be plain. */
  take(piece: ScriptPiece, parsed: readonly (ParsedStatement | undefined)[]): void {
    for (const [number, span] of piece.statements.entries()) {
      const index = this.#statements++;
      const statement = parsed[number];
      if (statement === undefined) this.#append(index, { ...span, piece });
      else this.#takeParsed(index, { ...span, piece }, statement);
    }
  }

  /** Records a feature that few tools accept; only the first of each kind is kept. */
  takePeculiarity(kind: Peculiarity["kind"], line: number): void {
    if (!this.#peculiarities.some((one) => one.kind === kind)) this.#peculiarities.push({ kind, line });
  }

  /** Records statements that this package cannot read. Only the server can tell whether it accepts them. */
  takeUnread(problems: readonly ScriptProblem[]): void {
    this.#problems.push(...problems);
    this.#changesTables = false;
  }

  /** Takes the beginning of a long statement. Its first word shows that it is plain. */
  takeLong(piece: ScriptPiece): void {
    const index = this.#statements++;
    const { start = 0, end = 0, word = "" } = piece.statements[0] ?? {};
    this.#changesTables &&= plainWords.has(word);
    this.#append(index, { start, end, word, piece });
    this.#tooLong = () => problemAt({ start, end, word, piece }, beyondTheServer);
    this.#long.set(index, Buffer.byteLength(piece.text));
  }

  /** Takes the next part of the same statement. */
  takeRest({ text }: ScriptPiece): void {
    const index = this.#statements - 1;
    const bytes = (this.#long.get(index) ?? 0) + Buffer.byteLength(text);
    this.#long.set(index, bytes);
    if (bytes <= longestBytes || this.#tooLong === undefined) return;
    this.refuse(this.#tooLong());
    this.#tooLong = undefined;
  }

  finish(): Omit<Script, "kept" | "source"> {
    const open = this.#control.finish();
    const problems = open === undefined ? this.#problems : [...this.#problems, open];
    return {
      segments: this.#segments,
      opening: this.#control.opening,
      leftOut: this.#control.leftOut,
      settings: this.#settings.indexes,
      long: this.#long,
      statements: this.#statements,
      peculiarities: this.#peculiarities,
      changesTables: this.#changesTables,
      problems: problems.toSorted((a, b) => a.position.line - b.position.line),
    };
  }

  #takeParsed(index: number, place: Place, statement: ParsedStatement): void {
    const problem = (message: string): ScriptProblem => problemAt(place, message);
    this.#changesTables &&= changesTablesOnly(statement);
    const misplaced = this.#control.take(index, statement, problem);
    if (misplaced !== undefined) this.refuse(misplaced);
    const message = statementProblem(statement);
    if (message !== undefined) this.refuse(problem(message));
    if (this.#control.leftOut.has(index)) {
      if (!this.#control.isOpen) this.#settings.commit();
      return;
    }
    const outlived = this.#settings.take(index, statement, problem);
    if (outlived !== undefined) this.refuse(outlived);
    const isAlone = cannotRunInTransaction(statement.type, statement.node);
    if (isAlone && this.#control.isOpen) this.refuse(problem(insideBegin(statement)));
    const runsAlone = isAlone || (!this.#transaction && mayCommit(statement.type, statement.node));
    this.#append(index, place, { statement, runsAlone });
  }

  #append(index: number, place: Place, one: { statement?: ParsedStatement; runsAlone?: boolean } = {}): void {
    const { statement, runsAlone: isAlone = false } = one;
    const last = this.#segments.at(-1);
    const needsCommit = this.#usesNewValues(place, statement);
    if (last?.kind === "transaction" && !isAlone && !needsCommit && this.#transaction) {
      last.to = index + 1;
      last.mayCommit = false;
    } else {
      this.#enumValues.commit();
      if (needsCommit) this.takePeculiarity("new-enum-value", positionInPiece(place.piece, place.start).line);
      this.#segments.push({
        kind: isAlone ? "alone" : "transaction",
        from: index,
        to: index + 1,
        line: positionInPiece(place.piece, place.start).line,
        words: wordsOf(statement?.text ?? textOf(place, 100)),
        alone: isAlone && statement !== undefined ? loneStatementOf(statement) : undefined,
        mayCommit: statement !== undefined && mayCommit(statement.type, statement.node),
      });
    }
    if (statement !== undefined) this.#enumValues.take(statement);
  }

  #usesNewValues(place: Place, statement: ParsedStatement | undefined): boolean {
    if (statement !== undefined) return this.#enumValues.areNewTo(statement);
    // Only the beginning is in memory.
    if (place.piece.kind === "long") return this.#enumValues.areAdded;
    return this.#enumValues.areNewToPlain(place.word, () => textOf(place));
  }
}

/** The server accepts slightly less than 1 GiB in one message. */
const longestBytes = (1 << 30) - 100;

const beyondTheServer =
  "This statement is larger than 1 GiB, the limit of PostgreSQL. Split it into several.";

interface Place extends StatementSpan {
  piece: ScriptPiece;
}

function textOf({ piece, start, end }: Place, length = Infinity): string {
  return piece.text.slice(start, Math.min(end, start + length));
}

function problemAt({ piece, start }: Place, message: string): ScriptProblem {
  const position = positionInPiece(piece, start);
  return { position, message, excerpt: excerptOfPiece(piece, position) };
}

function insideBegin({ text }: ParsedStatement): string {
  return (
    `${wordsOf(text)} cannot run in a transaction, but is between BEGIN and COMMIT. ` +
    `Remove these two, or end the transaction before it.`
  );
}
