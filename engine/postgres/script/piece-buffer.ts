import type { ScriptLines } from "./script-lines.ts";
import type { ScriptPiece, StatementSpan } from "./script-piece.ts";

/**
 * The part of a script that is being cut into pieces. The newest lines are text to read. Earlier lines of the same
 * piece are kept as separate portions, because appending each to one long text would copy it every time.
 */
export class PieceBuffer {
  /** The newest lines, starting after the last piece. Offsets count from here. */
  text = "";
  /** The offset up to which they were read. */
  at = 0;
  /**
   * The offset of the statement that is being read, negative if it begins in earlier portions; undefined before its
   * first word.
   */
  start: number | undefined;
  /** Number of characters that were joined from several portions. */
  joined = 0;
  #held: string[] = [];
  #heldLength = 0;
  #line = 1;
  #prefix = "";
  #spans: StatementSpan[] = [];
  #pieces: ScriptPiece[] = [];

  append({ text, line }: ScriptLines): void {
    if (this.text === "" && this.#heldLength === 0) [this.#line, this.#prefix] = [line, ""];
    if (this.text !== "") this.#held.push(this.text);
    this.#heldLength += this.text.length;
    if (this.start !== undefined) this.start -= this.text.length;
    this.text = text;
    this.at = 0;
  }

  /** The text of the statement that is being read, up to `at`. */
  get statement(): string {
    return this.#upTo(this.at).slice(this.#heldLength + (this.start ?? this.at));
  }

  /** Records a statement that ends at `end`. */
  endStatement(end: number, word: string): void {
    const held = this.#heldLength;
    this.#spans.push({ start: held + (this.start ?? end), end: held + end, word });
    this.start = undefined;
  }

  /** The offset after the semicolon of the last terminated statement. */
  get endOfLast(): number {
    const last = this.#spans.at(-1);
    return (last === undefined ? 0 : last.end + 1) - this.#heldLength;
  }

  /** Makes a piece of the text up to `end`. Offsets in the rest count from there. */
  giveAway(end: number, kind: ScriptPiece["kind"] = "statements"): void {
    if (end === -this.#heldLength) return;
    const text = this.#upTo(end);
    if (kind !== "statements" || this.#spans.length > 0)
      this.#pieces.push({ kind, text, line: this.#line, prefix: this.#prefix, statements: this.#spans });
    this.#spans = [];
    this.#drop(text, end);
  }

  /** Drops the text up to `end` without making a piece. */
  drop(end: number): void {
    this.#drop(this.#upTo(end), end);
  }

  /** Joins the remaining portions into one text. */
  join(): void {
    const text = this.#upTo(this.text.length);
    this.at += this.#heldLength;
    if (this.start !== undefined) this.start += this.#heldLength;
    [this.text, this.#held, this.#heldLength] = [text, [], 0];
  }

  /** Returns the pieces made since the last call. */
  take(): ScriptPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #upTo(end: number): string {
    const newest = this.text.slice(0, end);
    if (this.#heldLength === 0) return newest;
    this.joined += this.#heldLength + end;
    return [...this.#held, newest].join("");
  }

  #drop(text: string, end: number): void {
    const lastLine = text.lastIndexOf("\n");
    this.#prefix = lastLine < 0 ? this.#prefix + text : text.slice(lastLine + 1);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#line++;
    this.text = this.text.slice(end);
    [this.#held, this.#heldLength] = [[], 0];
    this.at = Math.max(0, this.at - end);
    if (this.start !== undefined) this.start -= end;
  }
}
