import {
  charactersIn,
  excerpt,
  type ExcerptOptions,
  positionOfCharacter,
  positionOfUnit,
  type TextPosition,
} from "../text/text-position.ts";

/** Where a statement stands in the text of its piece, in UTF-16 units. */
export interface StatementSpan {
  /** Where its words begin, comments before them left out. */
  start: number;
  /** Where it ends, its semicolon left out. */
  end: number;
  /** Its first word, in lower case; empty where it begins with a sign. */
  word: string;
}

/**
 * A piece of a script. `statements`: whole statements with what stands between them. `copy`: one statement that is
 * followed by its data. `data`: some of these. `long`: the beginning of one long statement; `rest`: the next part of it.
 * `command`: a command of psql; `interruption`: one in mid-statement.
 */
export interface ScriptPiece {
  kind: "statements" | "copy" | "data" | "long" | "rest" | "command" | "interruption";
  text: string;
  /** The number of the line in which the text begins, from 1. */
  line: number;
  /** What stands before the text in that line. */
  prefix: string;
  statements: StatementSpan[];
}

/** The line and column of a place in a piece, which is given in UTF-16 units. */
export function positionInPiece({ prefix, text, line }: ScriptPiece, offset: number): TextPosition {
  const position = positionOfUnit(prefix + text, prefix.length + offset);
  return { line: line + position.line - 1, column: position.column };
}

/** The same for a place that the server or the parser gives, in characters from 0. */
export function positionOfCharacterInPiece(
  { prefix, text, line }: ScriptPiece,
  character: number,
): TextPosition {
  const position = positionOfCharacter(prefix + text, charactersIn(prefix) + character);
  return { line: line + position.line - 1, column: position.column };
}

/** The line that a position points at, from its column on. */
export function lineFrom({ prefix, text, line }: ScriptPiece, position: TextPosition): string {
  const whole = (prefix + text).split("\n")[position.line - line] ?? "";
  return Array.from(whole)
    .slice(position.column - 1)
    .join("");
}

/** The line of the script that a position points at, with a caret beneath the column. */
export function excerptOfPiece(
  { prefix, text, line }: ScriptPiece,
  position: TextPosition,
  options: Pick<ExcerptOptions, "isSecretive"> = {},
): string {
  // What ends in it may be a literal, which cannot be told from its end.
  const before = /['$]/.test(prefix) ? blanks(prefix) : prefix;
  return excerpt(before + text, position, { ...options, firstLine: line });
}

/** Some of the statements of a piece, from one index to before another. */
export function slicePiece(piece: ScriptPiece, from: number, to: number): ScriptPiece {
  const statements = piece.statements.slice(from, to);
  const start = statements[0]?.start ?? 0;
  const before = (piece.prefix + piece.text.slice(0, start)).split("\n");
  return {
    ...piece,
    text: piece.text.slice(start, statements.at(-1)?.end),
    line: piece.line + before.length - 1,
    prefix: before.at(-1) ?? "",
    statements: statements.map((span) => ({ ...span, start: span.start - start, end: span.end - start })),
  };
}

/** Some of the statements of a piece, without what stands between them: only to be parsed, since all lose their place. */
export function selectedFrom(piece: ScriptPiece, isSelected: readonly boolean[]): ScriptPiece {
  const texts: string[] = [];
  const statements: StatementSpan[] = [];
  let at = 0;
  for (const [index, { start, end, word }] of piece.statements.entries()) {
    if (isSelected[index] !== true) continue;
    texts.push(piece.text.slice(start, end));
    statements.push({ start: at, end: at + end - start, word });
    at += end - start + statementSeparator.length;
  }
  return { ...piece, text: texts.join(statementSeparator), statements };
}

/** A statement may end in a line comment, which must not swallow the semicolon. */
export const statementSeparator = "\n;";

/** A piece with some of its statements left out: blanks in their place, so that all others keep theirs. */
export function withoutStatements(piece: ScriptPiece, isLeftOut: (index: number) => boolean): string {
  const kept: string[] = [];
  let from = 0;
  for (const [index, { start, end }] of piece.statements.entries()) {
    if (!isLeftOut(index)) continue;
    kept.push(piece.text.slice(from, start), blanks(piece.text.slice(start, end)));
    from = end;
  }
  return kept.join("") + piece.text.slice(from);
}

/** The server counts characters, not units: one blank for each. */
function blanks(text: string): string {
  return text.replace(/[^\r\n]/gu, " ");
}
