import type { ScriptProblem } from "./parsed-statement.ts";
import { excerptOfPiece, positionInPiece, type ScriptPiece } from "./script-piece.ts";

/** Commands that only affect psql's output; pg_dump writes the first two. */
const harmless =
  /^\\(?:restrict|unrestrict|echo|qecho|warn|timing|pset|encoding\s+utf-?8|set\s+ON_ERROR_STOP)\b/i;

/** Why a command of psql cannot be run; undefined if it does not affect the database. */
export function psqlCommandProblem(piece: ScriptPiece): ScriptProblem | undefined {
  if (piece.kind === "command" && harmless.test(piece.text)) return undefined;
  const [command = "\\"] = /^\\\S*/.exec(piece.text) ?? [];
  const position = positionInPiece(piece, 0);
  const message = `${command} is a command of psql, not SQL: ${remedies[command] ?? "remove it"}.`;
  return { position, message, excerpt: excerptOfPiece(piece, position) };
}

const splitUp = "put the statements of that file here, or make it a separate migration";

const remedies: Record<string, string> = {
  "\\i": splitUp,
  "\\ir": splitUp,
  "\\include": splitUp,
  "\\copy": "write COPY ... FROM stdin, and the data after it in the script",
  "\\gexec": "use a DO block with EXECUTE",
  "\\c": "a migration works on the one database that it is applied to; remove it",
  "\\connect": "a migration works on the one database that it is applied to; remove it",
};
