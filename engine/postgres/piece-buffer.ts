import type { ScriptLines } from "./script-lines.ts";
import type { ScriptPiece, StatementSpan } from "./script-piece.ts";

/** The part of a script that is being cut into pieces, and where in it one is. */
export class PieceBuffer {
  /** What has not been given away yet, from the end of the last piece on. */
  text = "";
  /** Up to where it was read. */
  at = 0;
  /** Where the statement that is being read begins; undefined before its first word. */
  start: number | undefined;
  #line = 1;
  #prefix = "";
  #spans: StatementSpan[] = [];
  #pieces: ScriptPiece[] = [];

  append({ text, line }: ScriptLines): void {
    if (this.text === "") [this.#line, this.#prefix, this.at] = [line, "", 0];
    this.text += text;
  }

  /** Notes a statement that has been read up to `end`. */
  endStatement(end: number, word: string): void {
    this.#spans.push({ start: this.start ?? end, end, word });
    this.start = undefined;
  }

  /** Behind the semicolon of the last statement that has one. */
  get endOfLast(): number {
    const last = this.#spans.at(-1);
    return last === undefined ? 0 : last.end + 1;
  }

  /** Makes a piece of the text up to `end`. Positions in what remains are counted from there. */
  giveAway(end: number, kind: ScriptPiece["kind"] = "statements"): void {
    if (end === 0) return;
    const text = this.text.slice(0, end);
    if (kind !== "statements" || this.#spans.length > 0)
      this.#pieces.push({ kind, text, line: this.#line, prefix: this.#prefix, statements: this.#spans });
    this.#spans = [];
    this.drop(end);
  }

  /** Leaves the text up to `end` out of all pieces. */
  drop(end: number): void {
    const text = this.text.slice(0, end);
    const lastLine = text.lastIndexOf("\n");
    this.#prefix = lastLine < 0 ? this.#prefix + text : text.slice(lastLine + 1);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#line++;
    this.text = this.text.slice(end);
    this.at = Math.max(0, this.at - end);
    if (this.start !== undefined) this.start -= end;
  }

  /** The pieces that were made since they were taken last. */
  take(): ScriptPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}
