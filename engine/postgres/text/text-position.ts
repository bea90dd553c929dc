import { mentionsSecrets, secretSpans, type SecretSpan, withoutSpans } from "./secret-literals.ts";
import { foreignColumns } from "../../foreign-text.ts";

/** A place in a script: line and column, both counted from 1, the column in characters. */
export interface TextPosition {
  line: number;
  column: number;
}

/** The line and column of a character offset from 0. */
export function positionOfCharacter(text: string, character: number): TextPosition {
  return positionOfUnit(text, unitsOf(text, character));
}

/** The line and column of an offset in UTF-16 units. */
export function positionOfUnit(text: string, unit: number): TextPosition {
  const before = text.lastIndexOf("\n", unit - 1);
  const beginning = unit === 0 ? 0 : before + 1;
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < unit; at = text.indexOf("\n", at + 1)) line++;
  return { line, column: charactersIn(text.slice(beginning, unit)) + 1 };
}

/** Number of characters in a text. PostgreSQL counts code points, JavaScript counts UTF-16 units. */
export function charactersIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += lengthOfCharacter(text, at)) count++;
  return count;
}

/** Number of UTF-16 units in the first characters of a text. */
function unitsOf(text: string, characters: number): number {
  let at = 0;
  for (let count = 0; count < characters && at < text.length; count++) at += lengthOfCharacter(text, at);
  return at;
}

function lengthOfCharacter(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/**
 * The line of a position, with a caret under the column. Long lines are cut around it, and passwords masked. The text
 * may begin on a later line than the first.
 */
export function excerpt(
  text: string,
  position: TextPosition,
  { width = 100, firstLine = 1, isSecretive = false }: ExcerptOptions = {},
): string {
  const start = beginningOfLine(text, position.line - firstLine);
  const lineEnd = text.indexOf("\n", start);
  const line = text.slice(start, lineEnd < 0 ? text.length : lineEnd);
  const end = start + line.length;
  // To recognize literals, all text before the line must be read.
  if (end > longestRead) return "";
  const offset =
    start +
    Array.from(line)
      .slice(0, position.column - 1)
      .join("").length;
  const isLong = text.length > longestRead;
  const spans = isLong
    ? secretSpans(text.slice(0, end), isSecretive || mentionsSecrets(text))
    : secretSpans(text, isSecretive);
  const characters = shown(text, spans, { start, end });
  const column = shown(text, spans, { start, end: offset }).length;
  const from = Math.max(0, Math.min(column - Math.floor(width / 2), characters.length - width));
  const gutter = `${position.line} | `;
  const words = characters.slice(from, from + width).join("");
  return `${gutter}${words}\n${" ".repeat(gutter.length + column - from)}^`;
}

const longestRead = 8 << 20;

/** Options for showing a line. */
export interface ExcerptOptions {
  /** Number of its characters to show. Default: 100. */
  width?: number;
  /** The line number of the text's beginning. Default: 1. */
  firstLine?: number;
  /** True if the text before makes every literal a possible secret. Default: false. */
  isSecretive?: boolean;
}

function beginningOfLine(text: string, index: number): number {
  let start = 0;
  for (let line = 0; line < index; line++) start = text.indexOf("\n", start) + 1;
  return start;
}

/** A part of a line without secrets. Literals that begin before it or end after it are masked too. */
function shown(text: string, spans: readonly SecretSpan[], { start, end }: SecretSpan): string[] {
  const within = spans
    .filter((span) => span.start < end && span.end > start)
    .map((span) => ({ start: Math.max(span.start, start) - start, end: Math.min(span.end, end) - start }));
  const masked = withoutSpans(text.slice(start, end), within);
  return Array.from(foreignColumns(masked.replace(/\r$/, "").replaceAll("\t", " ")));
}
