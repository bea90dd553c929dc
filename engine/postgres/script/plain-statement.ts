import type { ScriptPiece } from "./script-piece.ts";

/** What begins with one of these words can run in a transaction, and changes nothing for the statements after it. */
export const plainWords: ReadonlySet<string> = new Set(["insert", "update", "delete", "comment"]);
/** The same for a statement that is too long to be parsed. It may call functions that change more than tables. */
export const plainWordsOfLong: ReadonlySet<string> = new Set([...plainWords, "with", "merge", "values"]);
/** So can what begins with these, unless it says one of the words below anywhere, be it in a string. */
const plainDefinition =
  /^(?:create\s+table|create\s+(?:unique\s+)?index|alter\s+table|drop\s+table|drop\s+index)\s/i;
const perhapsNotPlain = /concurrently|^alter\s+table\s+all\s|set\s+schema|pg_advisory_unlock_all/i;

/** Which statements of a piece are known by their words to be plain; all others have to be parsed. */
export function plainStatements({ text, statements }: ScriptPiece): boolean[] {
  return statements.map(({ start, end, word }) => {
    if (plainWords.has(word)) return true;
    if (word !== "create" && word !== "alter" && word !== "drop") return false;
    const statement = text.slice(start, end);
    return plainDefinition.test(statement) && !perhapsNotPlain.test(statement);
  });
}
