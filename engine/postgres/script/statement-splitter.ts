import { PieceBuffer } from "./piece-buffer.ts";
import { plainWordsOfLong } from "./plain-statement.ts";
import type { ScriptLines } from "./script-lines.ts";
import type { ScriptPiece } from "./script-piece.ts";
import { StatementBoundary } from "./statement-boundary.ts";
import {
  codes,
  endOfBlockComment,
  endOfData,
  endOfEscapeString,
  endOfLineComment,
  endOfWord,
  isBlank,
  isWordStart,
  opensDollarQuote,
} from "../text/token.ts";

/** The construct that is open at the end of the splitter's text. */
type Inside =
  | { kind: "statements" }
  | { kind: "quoted"; closing: string }
  | { kind: "escape-string" }
  | { kind: "block-comment"; depth: number }
  | { kind: "data" };

/**
 * Cuts a script into statements as psql does, portion by portion. Semicolons in strings, comments, parentheses and
 * bodies of SQL do not end a statement. The lines after COPY ... FROM stdin are data up to a line with `\.`. A
 * backslash outside of all these begins a command of psql.
 */
export class StatementSplitter {
  readonly #readsStandardInput: (statement: string) => boolean;
  #inside: Inside = { kind: "statements" };
  #boundary = new StatementBoundary();
  readonly #buffer = new PieceBuffer();
  readonly #longLength: number;
  #isLong = false;

  /**
   * `readsStandardInput` is true for a COPY statement that is followed by its data. A plain statement, recognized by
   * its first word, comes in portions if it has `longLength` characters or more. Default: none does.
   */
  constructor(readsStandardInput: (statement: string) => boolean, { longLength = Infinity } = {}) {
    this.#readsStandardInput = readsStandardInput;
    this.#longLength = longLength;
  }

  /** Number of characters that were joined from several portions: never more than a few times the script's length. */
  get joined(): number {
    return this.#buffer.joined;
  }

  /** Takes the next whole lines and returns the complete pieces. */
  push(lines: ScriptLines): ScriptPiece[] {
    this.#buffer.append(lines);
    while (this.#buffer.at < this.#buffer.text.length) this.#step();
    const isBetween = this.#inside.kind === "statements";
    const isComplete = this.#buffer.start === undefined && isBetween;
    if (!this.#isLong) this.#buffer.giveAway(isComplete ? this.#buffer.text.length : this.#buffer.endOfLast);
    // A portion never begins in a string, so that its literals can be recognized.
    if (isBetween && this.#isLongUpTo(this.#buffer.text.length)) this.#giveLong(this.#buffer.text.length);
    return this.#buffer.take();
  }

  /** Returns the rest: a last statement needs no semicolon. */
  finish(): ScriptPiece[] {
    this.#buffer.join();
    if (this.#buffer.start !== undefined) this.#endStatement(this.#buffer.text.trimEnd().length);
    this.#buffer.giveAway(this.#buffer.text.length);
    return this.#buffer.take();
  }

  #step(): void {
    switch (this.#inside.kind) {
      case "statements":
        return this.#readStatements();
      case "data":
        return this.#readData();
      case "quoted":
        return this.#skipTo(
          this.#buffer.text.indexOf(this.#inside.closing, this.#buffer.at),
          this.#inside.closing.length,
        );
      case "escape-string":
        return this.#skipTo(endOfEscapeString(this.#buffer.text, this.#buffer.at), 1);
      case "block-comment": {
        const { end, depth } = endOfBlockComment(this.#buffer.text, this.#buffer.at, this.#inside.depth);
        this.#buffer.at = end;
        this.#inside = depth === 0 ? { kind: "statements" } : { kind: "block-comment", depth };
      }
    }
  }

  /** Continues after the end of a string; without an end, the string continues in the next portion. */
  #skipTo(found: number, length: number): void {
    this.#buffer.at = found < 0 ? this.#buffer.text.length : found + length;
    if (found >= 0) this.#inside = { kind: "statements" };
  }

  #readStatements(): void {
    const text = this.#buffer.text;
    while (
      this.#buffer.at < text.length &&
      this.#inside.kind === "statements" &&
      this.#buffer.text === text
    ) {
      const code = text.charCodeAt(this.#buffer.at);
      if (isBlank(code)) this.#buffer.at++;
      else if (isWordStart(code)) this.#readWord();
      else this.#readSign(code);
    }
  }

  #readWord(): void {
    const end = endOfWord(this.#buffer.text, this.#buffer.at);
    this.#begin();
    this.#boundary.word(this.#buffer.text.slice(this.#buffer.at, end));
    const isEscape =
      end - this.#buffer.at === 1 && (this.#buffer.text.charCodeAt(this.#buffer.at) | 32) === codes.e;
    this.#buffer.at = end;
    if (isEscape && this.#buffer.text.charCodeAt(end) === codes.quote) {
      this.#buffer.at++;
      this.#inside = { kind: "escape-string" };
    }
  }

  #readSign(code: number): void {
    const next = this.#buffer.text.charCodeAt(this.#buffer.at + 1);
    if (code === codes.hyphen && next === codes.hyphen) return this.#skipComment();
    if (code === codes.slash && next === codes.star)
      return this.#enter({ kind: "block-comment", depth: 1 }, 2);
    if (code === codes.backslash) return this.#readCommand();
    if (code === codes.semicolon && this.#boundary.isOuter) return this.#readSemicolon();
    this.#begin();
    if (code === codes.quote) return this.#enter({ kind: "quoted", closing: "'" }, 1);
    if (code === codes.doubleQuote) return this.#enter({ kind: "quoted", closing: '"' }, 1);
    const dollarQuote =
      code === codes.dollar ? opensDollarQuote(this.#buffer.text, this.#buffer.at) : undefined;
    if (dollarQuote !== undefined)
      return this.#enter({ kind: "quoted", closing: dollarQuote }, dollarQuote.length);
    if (code === codes.open) this.#boundary.open();
    if (code === codes.close) this.#boundary.close();
    this.#buffer.at++;
  }

  #enter(inside: Inside, length: number): void {
    this.#inside = inside;
    this.#buffer.at += length;
  }

  #begin(): void {
    this.#buffer.start ??= this.#buffer.at;
  }

  #skipComment(): void {
    this.#buffer.at = endOfLineComment(this.#buffer.text, this.#buffer.at);
  }

  #readSemicolon(): void {
    if (this.#buffer.start === undefined) {
      this.#buffer.at++;
      return;
    }
    const isCopy = this.#boundary.words[0] === "copy" && this.#readsStandardInput(this.#buffer.statement);
    if (isCopy) this.#buffer.giveAway(this.#buffer.endOfLast);
    this.#endStatement(this.#buffer.at);
    // Long text is given away up to here, so offsets count from here.
    this.#buffer.at++;
    if (!isCopy) return;
    // Its data begin on the next line.
    const end = this.#buffer.text.indexOf("\n", this.#buffer.at);
    this.#buffer.at = end < 0 ? this.#buffer.text.length : end + 1;
    this.#buffer.giveAway(this.#buffer.at, "copy");
    this.#inside = { kind: "data" };
  }

  #endStatement(end: number): void {
    if (this.#isLongUpTo(end)) {
      this.#giveLong(end);
      this.#isLong = false;
      this.#buffer.start = undefined;
    } else this.#buffer.endStatement(end, this.#word);
    this.#boundary = new StatementBoundary();
  }

  get #word(): string {
    return this.#boundary.words[0] ?? "";
  }

  #isLongUpTo(end: number): boolean {
    const { start } = this.#buffer;
    if (start === undefined) return false;
    return this.#isLong || (end - start >= this.#longLength && plainWordsOfLong.has(this.#word));
  }

  /** Makes one more portion of a long statement. */
  #giveLong(end: number): void {
    const { start = end } = this.#buffer;
    if (!this.#isLong) {
      this.#buffer.giveAway(this.#buffer.endOfLast);
      const rest = end - (start - (this.#buffer.start ?? start));
      this.#buffer.endStatement(rest, this.#word);
      this.#buffer.giveAway(rest, "long");
    } else this.#buffer.giveAway(end, "rest");
    this.#isLong = true;
    this.#buffer.start = 0;
  }

  #readCommand(): void {
    const interrupts = this.#buffer.start !== undefined;
    this.#buffer.giveAway(this.#buffer.at);
    this.#buffer.start = undefined;
    this.#isLong = false;
    this.#boundary = new StatementBoundary();
    const lineEnd = this.#buffer.text.indexOf("\n", this.#buffer.at);
    this.#buffer.giveAway(
      lineEnd < 0 ? this.#buffer.text.length : lineEnd,
      interrupts ? "interruption" : "command",
    );
  }

  #readData(): void {
    const end = endOfData(this.#buffer.text);
    if (end === undefined) return this.#buffer.giveAway(this.#buffer.text.length, "data");
    this.#buffer.giveAway(end.start, "data");
    this.#buffer.drop(end.length);
    this.#inside = { kind: "statements" };
  }
}
