import { type LoneStatement, loneStatementOf } from "./lone-statement.ts";
import {
  copyFromStdinAdvice,
  type ParsedStatement,
  parseStatements,
  type ScriptProblem,
  wordsOf,
} from "./parsed-statement.ts";
import { cannotRunInTransaction } from "./statement-class.ts";
import { excerpt, positionOfByte, startsOfLines, type TextPosition } from "./text-position.ts";
import { takeOverTransaction } from "./transaction-control.ts";

/** One statement of a script. */
export interface Statement {
  /** Where it begins, its leading comments left out. */
  position: TextPosition;
}

/**
 * A script as it will be run. An `atomic` script runs in one transaction of the runner. A script that runs
 * `alone` is one statement, such as CREATE INDEX CONCURRENTLY, that PostgreSQL allows in no transaction.
 */
export interface Script {
  mode: "atomic" | "alone";
  /** What the file says. */
  source: string;
  /** What is sent, every character in its place. */
  text: string;
  /** What opens the transaction of an atomic script. */
  opening: string;
  statements: Statement[];
  problems: ScriptProblem[];
  /** The statement of a script that runs alone. */
  alone: LoneStatement | undefined;
}

/** Reads a script with PostgreSQL's own parser and decides how it is to be run. */
export async function readScript(text: string): Promise<Script> {
  const bytes = Buffer.from(text, "utf8");
  const parsed = await parseStatements(text, bytes);
  const { opening, misplaced, ...runnable } = takeOverTransaction(bytes, parsed.statements);
  const alone = parsed.statements.find(({ type, node }) => cannotRunInTransaction(type, node));
  const companions = alone !== undefined && parsed.statements.length > 1;
  const reasons = [
    ...(companions ? [{ statement: alone, message: mustBeAlone(bytes, alone) }] : misplaced),
    ...parsed.statements
      .filter(buildsUnnamedIndex)
      .map((statement) => ({ statement, message: unnamedIndexAdvice })),
    ...parsed.statements
      .filter(readsStandardInput)
      .map((statement) => ({ statement, message: copyFromStdinAdvice })),
  ];

  const lineStarts = startsOfLines(bytes);
  const positionOf = ({ start }: ParsedStatement): TextPosition => positionOfByte(bytes, start, lineStarts);
  return {
    mode: alone === undefined ? "atomic" : "alone",
    source: text,
    text: runnable.text,
    opening,
    statements: runnable.statements.map((statement) => ({ position: positionOf(statement) })),
    problems: [
      ...(parsed.problem === undefined ? [] : [parsed.problem]),
      ...reasons.map(({ statement, message }) => {
        const position = positionOf(statement);
        return { position, message, excerpt: excerpt(text, position) };
      }),
    ],
    alone: alone && loneStatementOf(alone.type, alone.node),
  };
}

/** Data in the script itself are a custom of psql; the protocol wants them in messages of their own. */
function readsStandardInput({ type, node }: ParsedStatement): boolean {
  return type === "CopyStmt" && node["is_from"] === true && node["filename"] === undefined;
}

const unnamedIndexAdvice =
  "An index that is built CONCURRENTLY needs a name, so that an interrupted build can be taken up: " +
  "write CREATE INDEX CONCURRENTLY name ON ...";

function buildsUnnamedIndex({ type, node }: ParsedStatement): boolean {
  return type === "IndexStmt" && node["concurrent"] === true && node["idxname"] === undefined;
}

function mustBeAlone(bytes: Buffer, statement: ParsedStatement): string {
  return (
    `${wordsOf(bytes, statement)} cannot run in a transaction: ` +
    `put it into a migration of its own, without other statements.`
  );
}
