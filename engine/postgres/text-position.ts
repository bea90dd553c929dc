import { withoutSecrets } from "./redaction.ts";
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
  const lines = text.split("\n").slice(0, position.line - firstLine + 1);
  const before = Array.from(lines.at(-1) ?? "").slice(0, position.column - 1);
  // Masked together with the lines before it, since the keyword that tells a password may stand there.
  const column = lastLine([...lines.slice(0, -1), before.join("")]).length;
  const characters = lastLine(lines);
  const from = Math.max(0, Math.min(column - Math.floor(width / 2), characters.length - width));
  const shown = characters.slice(from, from + width).join("");
  const gutter = `${position.line} | `;
  return `${gutter}${shown}\n${" ".repeat(gutter.length + column - from)}^`;
}

function lastLine(lines: string[]): string[] {
  const masked = withoutSecrets(lines.join("\n"), []).split("\n").at(-1) ?? "";
  return Array.from(foreignColumns(masked.replace(/\r$/, "").replaceAll("\t", " ")));
}
