import {
  charactersIn,
  excerpt,
  type ExcerptOptions,
  positionOfCharacter,
  positionOfUnit,
  type TextPosition,
} from "../text/text-position.ts";

/** The place of a statement in its piece, in UTF-16 units. */
export interface StatementSpan {
  /** Offset of its first word, after comments. */
  start: number;
  /** Offset of its end, without the semicolon. */
  end: number;
  /** Its first word, in lower case; empty if it begins with a symbol. */
  word: string;
}

/**
 * A piece of a script. `statements`: whole statements and the text between them. `copy`: one statement that is followed
 * by its data. `data`: a part of these data. `long`: the beginning of one long statement. `rest`: the next part of it.
 * `command`: a command of psql. `interruption`: such a command within a statement.
 */
export interface ScriptPiece {
  kind: "statements" | "copy" | "data" | "long" | "rest" | "command" | "interruption";
  text: string;
  /** The line number of the text's beginning, from 1. */
  line: number;
  /** The text before it on that line. */
  prefix: string;
  statements: StatementSpan[];
}

/** The line and column of an offset in a piece, which is in UTF-16 units. */
export function positionInPiece({ prefix, text, line }: ScriptPiece, offset: number): TextPosition {
  const position = positionOfUnit(prefix + text, prefix.length + offset);
  return { line: line + position.line - 1, column: position.column };
}

/** The same for an offset from the server or the parser, in characters from 0. */
export function positionOfCharacterInPiece(
  { prefix, text, line }: ScriptPiece,
  character: number,
): TextPosition {
  const position = positionOfCharacter(prefix + text, charactersIn(prefix) + character);
  return { line: line + position.line - 1, column: position.column };
}

/** The line of a position, from its column on. */
export function lineFrom({ prefix, text, line }: ScriptPiece, position: TextPosition): string {
  const whole = (prefix + text).split("\n")[position.line - line] ?? "";
  return Array.from(whole)
    .slice(position.column - 1)
    .join("");
}

/** The line of a position, with a caret under the column. */
export function excerptOfPiece(
  { prefix, text, line }: ScriptPiece,
  position: TextPosition,
  options: Pick<ExcerptOptions, "isSecretive"> = {},
): string {
  // A literal may end in the prefix, and cannot be recognized by its end alone.
  const before = /['$]/.test(prefix) ? blanks(prefix) : prefix;
  return excerpt(before + text, position, { ...options, firstLine: line });
}

/** The statements of a piece from index `from` to before index `to`. */
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

/**
 * The selected statements of a piece without the text between them. Use it for parsing only, because all lose their
 * place.
 */
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

/** The line break keeps the semicolon out of a line comment at a statement's end. */
export const statementSeparator = "\n;";

/** A piece in which spaces replace some statements, so that all others keep their place. */
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

/** The server counts characters, not UTF-16 units: one space for each character. */
function blanks(text: string): string {
  return text.replace(/[^\r\n]/gu, " ");
}
