import { secretSpans, type SecretSpan, withoutSpans } from "./secret-literals.ts";
import { foreignColumns } from "../foreign-text.ts";

/** A place in a script: line and column, both counted from 1, the column in characters. */
export interface TextPosition {
  line: number;
  column: number;
}

/** The line and column of a character, which is counted from 0. */
export function positionOfCharacter(text: string, character: number): TextPosition {
  // PostgreSQL counts characters (code points), JavaScript counts UTF-16 units.
  const before = Array.from(text).slice(0, character).join("");
  const lines = before.split("\n");
  return { line: lines.length, column: Array.from(lines.at(-1) ?? "").length + 1 };
}

/**
 * The line that a position points at, with a caret beneath the column. Long lines are cut round it, and
 * passwords masked. The text may begin in a later line than the first.
 */
export function excerpt(
  text: string,
  position: TextPosition,
  { width = 100, firstLine = 1 }: { width?: number; firstLine?: number } = {},
): string {
  const line = text.split("\n")[position.line - firstLine] ?? "";
  const start = beginningOfLine(text, position.line - firstLine);
  const offset =
    start +
    Array.from(line)
      .slice(0, position.column - 1)
      .join("").length;
  const spans = secretSpans(text);
  const characters = shown(text, spans, { start, end: start + line.length });
  const column = shown(text, spans, { start, end: offset }).length;
  const from = Math.max(0, Math.min(column - Math.floor(width / 2), characters.length - width));
  const gutter = `${position.line} | `;
  const words = characters.slice(from, from + width).join("");
  return `${gutter}${words}\n${" ".repeat(gutter.length + column - from)}^`;
}

function beginningOfLine(text: string, index: number): number {
  let start = 0;
  for (let line = 0; line < index; line++) start = text.indexOf("\n", start) + 1;
  return start;
}

/** A part of a line, without secrets; a literal that began before it or ends behind it is masked too. */
function shown(text: string, spans: readonly SecretSpan[], { start, end }: SecretSpan): string[] {
  const within = spans
    .filter((span) => span.start < end && span.end > start)
    .map((span) => ({ start: Math.max(span.start, start) - start, end: Math.min(span.end, end) - start }));
  const masked = withoutSpans(text.slice(start, end), within);
  return Array.from(foreignColumns(masked.replace(/\r$/, "").replaceAll("\t", " ")));
}
