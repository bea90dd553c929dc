import {
  excerptOfPiece,
  positionInPiece,
  positionOfCharacterInPiece,
  type ScriptPiece,
  type StatementSpan,
  statementSeparator,
} from "../postgres/script/script-piece.ts";
import type { StatementFailure } from "../postgres/text/statement-failure.ts";
import { charactersIn, type TextPosition } from "../postgres/text/text-position.ts";
import type { StatementError } from "./run-result.ts";

/** The part of a piece of a script that one message sends, and the statements sent with it. */
export interface ScriptMessage {
  piece: ScriptPiece;
  /** The text of the piece, with blanks in place of the statements that are not sent. */
  text: string;
  /** The statements that are sent. */
  sent: readonly StatementSpan[];
  /** Statements ahead of them, such as BEGIN. */
  opening: readonly string[];
  /** Statements behind them, such as COMMIT. */
  closing: readonly string[];
}

/** Statements as one message. */
export function inOneMessage(statements: readonly string[]): string {
  return statements.join(statementSeparator);
}

/** The whole message that the server receives. */
export function textOfMessage({ opening, text, closing }: ScriptMessage): string {
  return inOneMessage([...opening, text, ...closing]);
}

/**
 * True if more statements can follow those of a piece. If the last has no semicolon, a string in it may be open, and
 * nothing of ours must close it.
 */
export function canBeClosed({ piece, sent }: Pick<ScriptMessage, "piece" | "sent">): boolean {
  const last = sent.at(-1);
  return last !== undefined && piece.text[last.end] === ";";
}

/**
 * The place in the script at which a message failed, and the line; undefined if it failed in the statements sent before
 * or after.
 */
export function placeOfFailure(
  failure: Pick<StatementFailure, "completedStatements" | "position">,
  message: ScriptMessage,
): Pick<StatementError, "excerpt" | "position"> {
  const position = positionOfFailure(failure, message);
  return { position, excerpt: position && excerptOfPiece(message.piece, position) };
}

/** The place in the script at which a message failed; undefined if it failed in the statements sent before or after. */
export function positionOfFailure(
  { completedStatements, position }: Pick<StatementFailure, "completedStatements" | "position">,
  { piece, text, sent, opening }: ScriptMessage,
): TextPosition | undefined {
  if (position !== undefined) {
    const character = position - 1 - charactersIn(inOneMessage([...opening, ""]));
    // If something is missing at the end of input, the place is behind the last character.
    if (character >= 0 && character <= charactersIn(text))
      return positionOfCharacterInPiece(piece, character);
  }
  const start = sent[completedStatements - opening.length]?.start;
  return start === undefined ? undefined : positionInPiece(piece, start);
}
