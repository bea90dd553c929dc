import { keepParserSmall } from "./parser-memory.ts";
import {
  excerptOfPiece,
  lineFrom,
  positionInPiece,
  positionOfCharacterInPiece,
  type ScriptPiece,
  slicePiece,
} from "./script-piece.ts";
import { foreignSyntaxRemedy } from "./foreign-syntax.ts";
import { withoutSecrets } from "../session/redaction.ts";
import { withoutSecretLiterals } from "../text/secret-literals.ts";
import { StatementSplitter } from "./statement-splitter.ts";
import type { TextPosition } from "../text/text-position.ts";
import { foreign } from "../../foreign-text.ts";

/** A statement as PostgreSQL's parser sees it. */
export interface ParsedStatement {
  /** The parse tree, without the outermost name. */
  node: Record<string, unknown>;
  /** The outermost name of the parse tree, such as `IndexStmt`. */
  type: string;
  /** Its text, without the semicolon. */
  text: string;
}

/** The reason why a script cannot run safely, detected before anything is run. */
export interface ScriptProblem {
  position: TextPosition;
  message: string;
  /** The line of the script with a caret under the column. */
  excerpt: string;
  /** The statement, if only this package's parser refuses it: a server of another version may accept it. */
  statement?: string | undefined;
}

interface ParseResult {
  stmts?: { stmt: Record<string, Record<string, unknown>> }[];
}

type Parser = typeof import("libpg-query");

let parser: Parser | undefined;

/** Loads the parser, which the functions below need. If nothing is pending, its code is never compiled. */
export async function loadParser(): Promise<void> {
  if (parser !== undefined) return;
  keepParserSmall();
  const loading = await import("libpg-query");
  await loading.loadModule();
  parser = loading;
}

function loadedParser(): Parser {
  if (parser === undefined) throw new Error("The parser is not loaded.");
  return parser;
}

/** Parses the statements of a piece, or reports why they cannot be read. */
export function parsePiece(piece: ScriptPiece): { statements: ParsedStatement[]; problem?: ScriptProblem } {
  const { parseSync, SqlError } = loadedParser();
  try {
    const { stmts = [] } = parseSync(piece.text) as ParseResult;
    if (stmts.length !== piece.statements.length) return { statements: [], problem: ambiguous(piece) };
    const statements = stmts.map(({ stmt }, index) => {
      const [type = "", node = {}] = Object.entries(stmt)[0] ?? [];
      const { start = 0, end = 0 } = piece.statements[index] ?? {};
      return { type, node, text: piece.text.slice(start, end) };
    });
    return { statements };
  } catch (error) {
    const problem = error instanceof SqlError ? syntaxProblem(piece, error) : beyondTheParser(piece);
    return { statements: [], problem };
  }
}

/**
 * Parses the statements of a piece one by one. `problems` has those that cannot be read. Undefined if not even the ends
 * of statements are clear.
 */
export function parseEach(
  piece: ScriptPiece,
): { statements: (ParsedStatement | undefined)[]; problems: ScriptProblem[] } | undefined {
  const problems: ScriptProblem[] = [];
  const statements: (ParsedStatement | undefined)[] = [];
  for (const index of piece.statements.keys()) {
    const { statements: parsed, problem } = parsePiece(slicePiece(piece, index, index + 1));
    if (problem !== undefined && problem.statement === undefined) return undefined;
    if (problem !== undefined)
      problems.push({ ...problem, excerpt: excerptOfPiece(piece, problem.position) });
    statements.push(parsed[0]);
  }
  return { statements, problems };
}

/** True if a statement is a COPY that is followed by its data, as in psql. */
export function readsStandardInput(statement: string): boolean {
  if (!/^copy\b[\s\S]*\bstdin\b/i.test(statement)) return false;
  const { parseSync } = loadedParser();
  try {
    const { stmts = [] } = parseSync(statement) as ParseResult;
    const copy = stmts[0]?.stmt["CopyStmt"];
    return copy?.["is_from"] === true && copy["filename"] === undefined;
  } catch {
    // Its error is reported when it is parsed with the rest.
    return false;
  }
}

/** The statements of a text in memory, or why it cannot be read. */
export async function parseStatements(
  text: string,
): Promise<{ statements: ParsedStatement[]; problem?: ScriptProblem }> {
  await loadParser();
  const splitter = new StatementSplitter(readsStandardInput);
  const statements: ParsedStatement[] = [];
  for (const piece of [...splitter.push({ text, line: 1 }), ...splitter.finish()]) {
    const parsed = piece.kind === "data" ? { statements: [] } : parsePiece(piece);
    if (parsed.problem !== undefined) return parsed;
    statements.push(...parsed.statements);
  }
  return { statements };
}

/** A statement's text on one line, shortened for a message. */
export function wordsOf(text: string): string {
  // The beginning of a long statement is enough.
  const words = withoutSecretLiterals(text.slice(0, 10_000)).trim().replace(/\s+/g, " ");
  return foreign(words.length > 60 ? `${words.slice(0, 59)}…` : words);
}

function syntaxProblem(piece: ScriptPiece, error: InstanceType<Parser["SqlError"]>): ScriptProblem {
  const position = positionOfCharacterInPiece(piece, error.sqlDetails?.cursorPosition ?? 0);
  const remedy = foreignSyntaxRemedy(lineFrom(piece, position));
  return {
    position,
    message: `${foreign(withoutSecrets(error.message, []))} (SQLSTATE 42601).${remedy === undefined ? "" : ` ${remedy}.`}`,
    excerpt: excerptOfPiece(piece, position),
    statement: piece.text,
  };
}

/** The parser recurses and keeps the whole tree in memory. It does not report which limit was reached. */
function beyondTheParser(piece: ScriptPiece): ScriptProblem {
  const position = positionInPiece(piece, piece.statements[0]?.start ?? 0);
  const megabytes = (Buffer.byteLength(piece.text) / 1_000_000).toFixed(1);
  const message =
    `A statement (${megabytes} MB) is too large to be read, or an expression in it is nested too deeply. ` +
    "Split it into several.";
  return { position, message, excerpt: excerptOfPiece(piece, position) };
}

/** PostgreSQL's parser sees other statements than psql would send. An ambiguous script is not run. */
function ambiguous(piece: ScriptPiece): ScriptProblem {
  const position = positionInPiece(piece, piece.statements[0]?.start ?? 0);
  const message =
    "It is not clear where the statements from here on begin and end. Check for a semicolon inside a parenthesis or a body.";
  return { position, message, excerpt: excerptOfPiece(piece, position) };
}
