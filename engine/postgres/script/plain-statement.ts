import type { ScriptPiece } from "./script-piece.ts";

/** Statements that begin with one of these words can run in a transaction and do not affect later statements. */
export const plainWords: ReadonlySet<string> = new Set(["insert", "update", "delete", "comment"]);
/** The same for a statement that is too long to be parsed. It may call functions that change more than tables. */
export const plainWordsOfLong: ReadonlySet<string> = new Set([...plainWords, "with", "merge", "values"]);
/** The same for statements that begin like this, unless one of the words below occurs anywhere, even in a string. */
const plainDefinition =
  /^(?:create\s+table|create\s+(?:unique\s+)?index|alter\s+table|drop\s+table|drop\s+index)\s/i;
const perhapsNotPlain = /concurrently|^alter\s+table\s+all\s|set\s+schema|pg_advisory_unlock_all/i;

/** The statements of a piece whose words show them to be plain. All others must be parsed. */
export function plainStatements({ text, statements }: ScriptPiece): boolean[] {
  return statements.map(({ start, end, word }) => {
    if (plainWords.has(word)) return true;
    if (word !== "create" && word !== "alter" && word !== "drop") return false;
    const statement = text.slice(start, end);
    return plainDefinition.test(statement) && !perhapsNotPlain.test(statement);
  });
}
