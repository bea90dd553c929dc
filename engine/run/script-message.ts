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

/** What is sent of a piece of a script in one message, and what goes with it. */
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

/** The whole message, as the server gets it. */
export function textOfMessage({ opening, text, closing }: ScriptMessage): string {
  return inOneMessage([...opening, text, ...closing]);
}

/**
 * Whether anything can be sent behind the statements of a piece. Where the last has no semicolon, a string in it may not
 * be closed, and nothing of ours shall close it.
 */
export function canBeClosed({ piece, sent }: Pick<ScriptMessage, "piece" | "sent">): boolean {
  const last = sent.at(-1);
  return last !== undefined && piece.text[last.end] === ";";
}

/** Where in the script a message failed, and the line; undefined where it failed in what was sent ahead or behind. */
export function placeOfFailure(
  failure: Pick<StatementFailure, "completedStatements" | "position">,
  message: ScriptMessage,
): Pick<StatementError, "excerpt" | "position"> {
  const position = positionOfFailure(failure, message);
  return { position, excerpt: position && excerptOfPiece(message.piece, position) };
}

/** Where in the script a message failed; undefined where it failed in what was sent ahead or behind. */
export function positionOfFailure(
  { completedStatements, position }: Pick<StatementFailure, "completedStatements" | "position">,
  { piece, text, sent, opening }: ScriptMessage,
): TextPosition | undefined {
  if (position !== undefined) {
    const character = position - 1 - charactersIn(inOneMessage([...opening, ""]));
    // The end of input, where something is missing, is the place behind the last character.
    if (character >= 0 && character <= charactersIn(text))
      return positionOfCharacterInPiece(piece, character);
  }
  const start = sent[completedStatements - opening.length]?.start;
  return start === undefined ? undefined : positionInPiece(piece, start);
}
