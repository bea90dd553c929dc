import type { ScriptLines } from "./script-lines.ts";
import type { ScriptPiece, StatementSpan } from "./script-piece.ts";
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
} from "./token.ts";

/** What the splitter is in the middle of when its text ends. */
type Inside =
  | { kind: "statements" }
  | { kind: "quoted"; closing: string }
  | { kind: "escape-string" }
  | { kind: "block-comment"; depth: number }
  | { kind: "data" };

/**
 * Cuts a script into statements as psql does, portion by portion: semicolons in strings, comments, parentheses and
 * bodies of SQL do not end a statement; the lines after COPY ... FROM stdin are data up to a line with `\.`; a
 * backslash outside of all these begins a command of psql.
 */
export class StatementSplitter {
  readonly #readsStandardInput: (statement: string) => boolean;
  #inside: Inside = { kind: "statements" };
  #boundary = new StatementBoundary();
  /** What has not been given away yet, from the end of the last statement on. */
  #text = "";
  #at = 0;
  #line = 1;
  #prefix = "";
  /** Where the statement that is being read begins; undefined before its first word. */
  #start: number | undefined;
  #spans: StatementSpan[] = [];
  #pieces: ScriptPiece[] = [];

  /** `readsStandardInput` tells whether a COPY statement is followed by its data. */
  constructor(readsStandardInput: (statement: string) => boolean) {
    this.#readsStandardInput = readsStandardInput;
  }

  /** Takes the next whole lines and gives the pieces that are complete. */
  push({ text, line }: ScriptLines): ScriptPiece[] {
    if (this.#text === "") [this.#line, this.#prefix, this.#at] = [line, "", 0];
    this.#text += text;
    while (this.#at < this.#text.length) this.#step();
    const isComplete = this.#start === undefined && this.#inside.kind === "statements";
    this.#giveAway(isComplete ? this.#text.length : this.#endOfLast());
    return this.#taken();
  }

  /** Gives what is left: a last statement needs no semicolon. */
  finish(): ScriptPiece[] {
    if (this.#start !== undefined) this.#endStatement(this.#text.trimEnd().length);
    this.#giveAway(this.#text.length);
    return this.#taken();
  }

  #taken(): ScriptPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #step(): void {
    switch (this.#inside.kind) {
      case "statements":
        return this.#readStatements();
      case "data":
        return this.#readData();
      case "quoted":
        return this.#skipTo(this.#text.indexOf(this.#inside.closing, this.#at), this.#inside.closing.length);
      case "escape-string":
        return this.#skipTo(endOfEscapeString(this.#text, this.#at), 1);
      case "block-comment": {
        const { end, depth } = endOfBlockComment(this.#text, this.#at, this.#inside.depth);
        this.#at = end;
        this.#inside = depth === 0 ? { kind: "statements" } : { kind: "block-comment", depth };
      }
    }
  }

  /** Goes on behind what closes a string; without it, the string goes on in the next portion. */
  #skipTo(found: number, length: number): void {
    this.#at = found < 0 ? this.#text.length : found + length;
    if (found >= 0) this.#inside = { kind: "statements" };
  }

  #readStatements(): void {
    const text = this.#text;
    while (this.#at < text.length && this.#inside.kind === "statements" && this.#text === text) {
      const code = text.charCodeAt(this.#at);
      if (isBlank(code)) this.#at++;
      else if (isWordStart(code)) this.#readWord();
      else this.#readSign(code);
    }
  }

  #readWord(): void {
    const end = endOfWord(this.#text, this.#at);
    this.#begin();
    this.#boundary.word(this.#text.slice(this.#at, end));
    const isEscape = end - this.#at === 1 && (this.#text.charCodeAt(this.#at) | 32) === codes.e;
    this.#at = end;
    if (isEscape && this.#text.charCodeAt(end) === codes.quote) {
      this.#at++;
      this.#inside = { kind: "escape-string" };
    }
  }

  #readSign(code: number): void {
    const next = this.#text.charCodeAt(this.#at + 1);
    if (code === codes.hyphen && next === codes.hyphen) return this.#skipComment();
    if (code === codes.slash && next === codes.star)
      return this.#enter({ kind: "block-comment", depth: 1 }, 2);
    if (code === codes.backslash) return this.#readCommand();
    if (code === codes.semicolon && this.#boundary.isOuter) return this.#readSemicolon();
    this.#begin();
    if (code === codes.quote) return this.#enter({ kind: "quoted", closing: "'" }, 1);
    if (code === codes.doubleQuote) return this.#enter({ kind: "quoted", closing: '"' }, 1);
    const dollarQuote = code === codes.dollar ? opensDollarQuote(this.#text, this.#at) : undefined;
    if (dollarQuote !== undefined)
      return this.#enter({ kind: "quoted", closing: dollarQuote }, dollarQuote.length);
    if (code === codes.open) this.#boundary.open();
    if (code === codes.close) this.#boundary.close();
    this.#at++;
  }

  #enter(inside: Inside, length: number): void {
    this.#inside = inside;
    this.#at += length;
  }

  #begin(): void {
    this.#start ??= this.#at;
  }

  #skipComment(): void {
    this.#at = endOfLineComment(this.#text, this.#at);
  }

  #readSemicolon(): void {
    if (this.#start === undefined) {
      this.#at++;
      return;
    }
    const statement = this.#text.slice(this.#start, this.#at);
    const isCopy = this.#boundary.words[0] === "copy" && this.#readsStandardInput(statement);
    if (isCopy) this.#giveAway(this.#endOfLast());
    this.#endStatement(this.#at);
    this.#at++;
    if (!isCopy) return;
    // Its data begin with the next line.
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
    this.#giveAway(this.#at, "copy");
    this.#inside = { kind: "data" };
  }

  #endStatement(end: number): void {
    this.#spans.push({ start: this.#start ?? end, end, word: this.#boundary.words[0] ?? "" });
    this.#start = undefined;
    this.#boundary = new StatementBoundary();
  }

  #readCommand(): void {
    const interrupts = this.#start !== undefined;
    this.#giveAway(this.#at);
    this.#start = undefined;
    this.#boundary = new StatementBoundary();
    const lineEnd = this.#text.indexOf("\n", this.#at);
    this.#giveAway(lineEnd < 0 ? this.#text.length : lineEnd, interrupts ? "interruption" : "command");
  }

  #readData(): void {
    const end = endOfData(this.#text);
    if (end === undefined) return this.#giveAway(this.#text.length, "data");
    this.#giveAway(end.start, "data");
    this.#drop(end.length);
    this.#inside = { kind: "statements" };
  }

  /** Behind the semicolon of the last statement that has one. */
  #endOfLast(): number {
    const last = this.#spans.at(-1);
    return last === undefined ? 0 : last.end + 1;
  }

  /** Makes a piece of the text up to `end`. Positions in what remains are counted from there. */
  #giveAway(end: number, kind: ScriptPiece["kind"] = "statements"): void {
    if (end === 0) return;
    const text = this.#text.slice(0, end);
    if (kind !== "statements" || this.#spans.length > 0)
      this.#pieces.push({ kind, text, line: this.#line, prefix: this.#prefix, statements: this.#spans });
    this.#spans = [];
    this.#drop(end);
  }

  #drop(end: number): void {
    const text = this.#text.slice(0, end);
    const lastLine = text.lastIndexOf("\n");
    this.#prefix = lastLine < 0 ? this.#prefix + text : text.slice(lastLine + 1);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#line++;
    this.#text = this.#text.slice(end);
    this.#at = Math.max(0, this.#at - end);
    if (this.#start !== undefined) this.#start -= end;
  }
}
