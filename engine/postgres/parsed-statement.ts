import { loadModule, parseSync, SqlError } from "libpg-query";
import { excerpt, positionOfCharacter, type TextPosition } from "./text-position.ts";

/** A statement as PostgreSQL's parser sees it; `start` and `end` are bytes of the script. */
export interface ParsedStatement {
  /** The parse tree, without the outermost name. */
  node: Record<string, unknown>;
  /** The outermost name of the parse tree, such as `IndexStmt`. */
  type: string;
  /** Where its words begin, comments before them left out. */
  start: number;
  end: number;
}

/** What makes a script impossible to run safely; found before anything is run. */
export interface ScriptProblem {
  position: TextPosition;
  message: string;
  /** The line of the script with a caret beneath the column. */
  excerpt: string;
}

/** What is said of a script that brings data along as psql takes them. */
export const copyFromStdinAdvice = "COPY ... FROM stdin is not supported: use INSERT.";

interface ParseResult {
  stmts?: { stmt: Record<string, Record<string, unknown>>; stmt_location?: number; stmt_len?: number }[];
}

/** Splits a script into its statements, or says why it cannot be read. */
export async function parseStatements(
  text: string,
  bytes: Buffer,
): Promise<{ statements: ParsedStatement[]; problem: ScriptProblem | undefined }> {
  await loadModule();
  // The parser throws on a text without any statement.
  if (text.trim() === "") return { statements: [], problem: undefined };
  try {
    const { stmts = [] } = parseSync(text) as ParseResult;
    const statements = stmts.map(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
      const [type = "", node = {}] = Object.entries(stmt)[0] ?? [];
      const end = length === undefined ? bytes.length : from + length;
      return { type, node, start: firstByte(bytes, from, end), end };
    });
    return { statements, problem: undefined };
  } catch (error) {
    const problem = error instanceof SqlError ? syntaxProblem(text, error) : beyondTheParser(text);
    return { statements: [], problem };
  }
}

/** A statement's words, on one line and cut to what a message can hold. */
export function wordsOf(bytes: Buffer, { start, end }: ParsedStatement): string {
  const words = bytes.toString("utf8", start, end).replace(/\s+/g, " ").trim();
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}

function syntaxProblem(text: string, error: SqlError): ScriptProblem {
  const position = positionOfCharacter(text, error.sqlDetails?.cursorPosition ?? 0);
  return {
    position,
    message: `${error.message} (SQLSTATE 42601).${adviceOnSyntax(text, position)}`,
    excerpt: excerpt(text, position),
  };
}

/** The parser recurses and keeps the whole tree in memory; it does not say where either came to its end. */
function beyondTheParser(text: string): ScriptProblem {
  const position = { line: 1, column: 1 };
  const megabytes = (Buffer.byteLength(text) / 1_000_000).toFixed(1);
  const message =
    `The script (${megabytes} MB) is too large, or an expression in it is nested too deeply, to be read: ` +
    "split it into several migrations.";
  return { position, message, excerpt: excerpt(text, position) };
}

function adviceOnSyntax(text: string, { line }: TextPosition): string {
  if (/^\s*\\/.test(text.split("\n")[line - 1] ?? ""))
    return " Commands of psql (\\...) are not SQL: take them out.";
  if (/^\s*COPY\b.*\bFROM\s+stdin\b/im.test(text)) return ` ${copyFromStdinAdvice}`;
  return "";
}

/** The parser lets a statement begin with the comments and blanks before it. */
function firstByte(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const next = afterBlankOrComment(bytes, at, end);
    if (next === at) return at;
    at = next;
  }
  return at;
}

function afterBlankOrComment(bytes: Buffer, at: number, end: number): number {
  const pair = bytes.toString("latin1", at, at + 2);
  if (/^\s/.test(pair)) return at + 1;
  if (pair === "--") {
    let lineEnd = at;
    while (lineEnd < end && bytes[lineEnd] !== 0x0a && bytes[lineEnd] !== 0x0d) lineEnd++;
    return lineEnd;
  }
  return pair === "/*" ? afterBlockComment(bytes, at, end) : at;
}

/** Comments in PostgreSQL nest. */
function afterBlockComment(bytes: Buffer, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; at++) {
    const pair = bytes.toString("latin1", at, at + 2);
    if (pair !== "/*" && pair !== "*/") continue;
    depth += pair === "/*" ? 1 : -1;
    at++;
    if (depth === 0) return at + 1;
  }
  return end;
}
