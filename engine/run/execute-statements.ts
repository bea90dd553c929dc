import type { CopyIn, Database } from "../postgres/database.ts";
import { piecesOfScript, type Script } from "../postgres/script.ts";
import {
  excerptOfPiece,
  positionInPiece,
  positionOfCharacterInPiece,
  type ScriptPiece,
  slicePiece,
  withoutStatements,
} from "../postgres/script-piece.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import type { RunSession } from "./run-session.ts";
import type { StatementError } from "./run-result.ts";

/** Which statements of a script, from one index to before another, and what is sent ahead of them. */
export interface StatementRange {
  from: number;
  to: number;
  /** Statements that are sent together with the first, such as BEGIN. Default: none. */
  opening?: string | undefined;
}

/**
 * Runs some statements of a script, many in one message, and stops at the first that the server refuses: gives what
 * it said, and where in the script.
 */
export async function executeStatements(
  session: RunSession,
  script: Script,
  range: StatementRange,
): Promise<StatementError | undefined> {
  let opening = range.opening;
  let index = 0;
  let copy: { data: CopyIn; piece: ScriptPiece } | undefined;
  for await (const piece of piecesOfScript(script)) {
    if (piece.kind === "data") {
      const failed = copy && (await attempt(copy.piece, () => copy?.data.write(piece.text)));
      if (failed !== undefined) return failed;
      continue;
    }
    const ended = copy && (await endOf(copy));
    copy = undefined;
    if (ended !== undefined) return ended;
    const first = index;
    index += piece.statements.length;
    const wanted = slice(piece, { first, from: range.from, to: range.to });
    if (wanted === undefined) continue;
    const text = withoutStatements(wanted.piece, (number) => script.leftOut.has(wanted.first + number));
    if (text.trim() === "") continue;
    if (piece.kind === "copy") {
      if (opening !== undefined) await session.database.execute(opening);
      copy = { data: session.database.copyIn(text), piece: wanted.piece };
    } else {
      const failed = await send(session.database, wanted.piece, {
        opening,
        text,
        sent: sentOf(script, wanted),
      });
      if (failed !== undefined) return failed;
    }
    opening = undefined;
  }
  if (opening !== undefined) await session.database.execute(opening);
  return copy && endOf(copy);
}

interface Wanted {
  piece: ScriptPiece;
  /** The index of its first statement in the script. */
  first: number;
}

/** The part of a piece that lies in the range. */
function slice(
  piece: ScriptPiece,
  { first, from, to }: { first: number; from: number; to: number },
): Wanted | undefined {
  const start = Math.max(from - first, 0);
  const end = Math.min(to - first, piece.statements.length);
  if (start >= end) return undefined;
  if (start === 0 && end === piece.statements.length) return { piece, first };
  return { piece: slicePiece(piece, start, end), first: first + start };
}

/** The spans of the statements that are really sent, to find the one that failed. */
function sentOf(script: Script, { piece, first }: Wanted): ScriptPiece["statements"] {
  return piece.statements.filter((_, number) => !script.leftOut.has(first + number));
}

async function send(
  database: Database,
  piece: ScriptPiece,
  message: { opening: string | undefined; text: string; sent: ScriptPiece["statements"] },
): Promise<StatementError | undefined> {
  const { opening, text, sent } = message;
  const ahead = opening === undefined ? "" : `${opening}\n;`;
  return attempt(piece, () => database.execute(ahead + text), {
    aheadCharacters: Array.from(ahead).length,
    aheadStatements: opening === undefined ? 0 : statementsIn(opening),
    sent,
  });
}

/** An opening is BEGIN, and the modes that follow it, each after a semicolon. */
function statementsIn(opening: string): number {
  return opening.split("\n; ").length;
}

async function endOf({
  data,
  piece,
}: {
  data: CopyIn;
  piece: ScriptPiece;
}): Promise<StatementError | undefined> {
  return attempt(piece, () => data.end());
}

const nothingAhead = { aheadCharacters: 0, aheadStatements: 0 };

async function attempt(
  piece: ScriptPiece,
  work: () => Promise<void> | undefined,
  sent: { aheadCharacters: number; aheadStatements: number; sent?: ScriptPiece["statements"] } = nothingAhead,
): Promise<StatementError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    const spans = sent.sent ?? piece.statements;
    const start = spans[error.completedStatements - sent.aheadStatements]?.start;
    const position =
      error.position !== undefined && error.position > sent.aheadCharacters
        ? positionOfCharacterInPiece(piece, error.position - sent.aheadCharacters - 1)
        : start === undefined
          ? undefined
          : positionInPiece(piece, start);
    return { ...withoutPlace(error), position, excerpt: position && excerptOfPiece(piece, position) };
  }
}

/** What the server said, where no place in the script is to blame. */
export function withoutPlace(failure: StatementFailure): StatementError {
  const { message, sqlstate, detail, hint, where } = failure;
  return { message, sqlstate, detail, hint, where, position: undefined, excerpt: undefined };
}
