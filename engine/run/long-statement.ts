import { FolderError } from "../folder/folder-error.ts";
import { type Script } from "../postgres/script/script.ts";
import { piecesOfScript } from "../postgres/script/read-script.ts";
import {
  excerptOfPiece,
  positionOfCharacterInPiece,
  type ScriptPiece,
} from "../postgres/script/script-piece.ts";
import { mentionsSecrets } from "../postgres/text/secret-literals.ts";
import { charactersIn } from "../postgres/text/text-position.ts";
import type { StatementError } from "./run-result.ts";

type Place = Pick<StatementError, "excerpt" | "position">;

const nowhere: Place = { position: undefined, excerpt: undefined };

/** Finds a character of a long statement, which was not kept, by reading the script once more. */
export async function placeInLongStatement(
  script: Script,
  { index, character }: { index: number; character: number },
): Promise<Place> {
  let last: ScriptPiece | undefined;
  let before = 0;
  let isSecretive = false;
  try {
    for await (const piece of piecesOfLong(script, index)) {
      isSecretive ||= mentionsSecrets(piece.text);
      last = piece;
      const length = charactersIn(piece.text);
      if (character < before + length) break;
      before += length;
    }
  } catch (error) {
    // The script has changed; the server's message is reported all the same.
    if (!(error instanceof FolderError)) throw error;
    return nowhere;
  }
  if (last === undefined) return nowhere;
  const position = positionOfCharacterInPiece(last, character - before);
  return { position, excerpt: excerptOfPiece(last, position, { isSecretive }) };
}

async function* piecesOfLong(script: Script, wanted: number): AsyncIterable<ScriptPiece> {
  let index = 0;
  let isWanted = false;
  for await (const piece of piecesOfScript(script)) {
    if (piece.kind !== "rest") {
      if (isWanted) return;
      isWanted = index === wanted;
      index += piece.statements.length;
    }
    if (isWanted) yield piece;
  }
}
