import type { Database } from "../postgres/session/database.ts";
import { type Script } from "../postgres/script/script.ts";
import { piecesOfScript } from "../postgres/script/read-script.ts";
import { type ScriptPiece, slicePiece, withoutStatements } from "../postgres/script/script-piece.ts";
import type { RunSession } from "./run-session.ts";
import type { StatementError } from "./run-result.ts";
import { failureOf, withoutPlace } from "./statement-error.ts";
import { endOf, type OpenMessage, openMessage, writeInto } from "./open-message.ts";
import {
  canBeClosed,
  inOneMessage,
  placeOfFailure,
  type ScriptMessage,
  textOfMessage,
} from "./script-message.ts";

/** Statements of a script, from one index to before another, and the statements sent with them. */
export interface StatementRange {
  from: number;
  to: number;
  /** Statements that are sent together with the first, such as BEGIN. Default: none. */
  opening?: readonly string[] | undefined;
  /** Statements that are sent together with the last, such as COMMIT. Default: none. */
  closing?: readonly string[] | undefined;
}

/**
 * Runs statements of a script, many in one message. Stops at the first that the server refuses, and returns the error
 * and its place in the script. Rejects with a `StatementFailure` if the server refuses an opening or a closing that
 * could not be sent together with them.
 */
export async function executeStatements(
  session: RunSession,
  script: Script,
  range: StatementRange,
): Promise<StatementError | undefined> {
  session.database.listen(session.onNotice);
  const failed = await executeUntilFailure(session, script, range).finally(() => {
    session.database.listen(undefined);
    session.place.current = undefined;
  });
  return failed?.excerpt === undefined
    ? failed
    : { ...failed, excerpt: session.database.redact(failed.excerpt) };
}

async function executeUntilFailure(
  { database, place, onPassed }: RunSession,
  script: Script,
  { from, to, opening: ahead = [], closing: behind = [] }: StatementRange,
): Promise<StatementError | undefined> {
  let [opening, closing] = [ahead, behind];
  let index = 0;
  const startedAt = Date.now();
  let open: OpenMessage | undefined;
  try {
    for await (const piece of piecesOfScript(script)) {
      if (place.current !== undefined) onPassed();
      if (piece.kind === "data" || piece.kind === "rest") {
        const failed = open && (await writeInto(open, piece.text));
        if (failed !== undefined) return failed;
        continue;
      }
      const ended = open && (await endOf(open));
      open = undefined;
      if (ended !== undefined) return ended;
      const first = index;
      index += piece.statements.length;
      const message = messageOf(script, piece, { first, from, to });
      if (message === undefined) continue;
      const isOpened = piece.kind === "copy" || piece.kind === "long";
      place.current = {
        first: Math.max(first, from) + 1,
        last: Math.min(index, to),
        of: script.statements,
        startedAt,
      };
      if (isOpened) {
        await executeAll(database, opening);
        open = await openMessage(database, message, { script, index: first });
      } else {
        // Reading the script to its end proves that it has not changed: nothing is committed before.
        const isClosed = script.kept !== undefined && index >= to && canBeClosed(message);
        const whole = { ...message, opening, closing: isClosed ? closing : [] };
        const failed = await failureOf(() => database.execute(textOfMessage(whole)));
        if (failed !== undefined) return { ...withoutPlace(failed), ...placeOfFailure(failed, whole) };
        if (isClosed) closing = [];
      }
      opening = [];
    }
  } catch (error) {
    // The server waits for the rest, and accepts nothing else before.
    await open?.parts.end().catch(() => undefined);
    throw error;
  }
  const ended = open && (await endOf(open));
  if (ended !== undefined) return ended;
  await executeAll(database, [...opening, ...closing]);
  return undefined;
}

/** The part of a piece that is sent; undefined if that is nothing. */
function messageOf(
  script: Script,
  piece: ScriptPiece,
  range: { first: number; from: number; to: number },
): ScriptMessage | undefined {
  const wanted = slice(piece, range);
  if (wanted === undefined) return undefined;
  const isLeftOut = (number: number): boolean => script.leftOut.has(wanted.first + number);
  const text = withoutStatements(wanted.piece, isLeftOut);
  if (text.trim() === "") return undefined;
  const sent = wanted.piece.statements.filter((_, number) => !isLeftOut(number));
  return { piece: wanted.piece, text, sent, opening: [], closing: [] };
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

async function executeAll(database: Database, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await database.execute(inOneMessage(statements));
}
