import { parseStatements } from "./parsed-statement.ts";

/** A text as one query, or why it is not one. */
export type QueryReading = { query: string; problem?: undefined } | { query?: undefined; problem: string };

/**
 * Reads a text that has to be a single SELECT, and gives it without a closing semicolon and what follows that,
 * so that it can become part of a larger query.
 */
export async function readQuery(text: string): Promise<QueryReading> {
  const { statements, problem } = await parseStatements(text);
  if (problem !== undefined)
    return { problem: `its SQL cannot be read: ${problem.message}\n${problem.excerpt}` };
  const [statement, ...others] = statements;
  if (statement?.type !== "SelectStmt" || statement.node["intoClause"] !== undefined || others.length > 0)
    return { problem: "its SQL has to be a single SELECT (or WITH ... SELECT)." };
  const outlasting = outlastingCallIn(statement.text);
  if (outlasting !== undefined)
    return { problem: `its SQL calls ${outlasting}(), whose effect would outlast it.` };
  return { query: statement.text };
}

/** A call in a text of SQL whose effect would remain after a ROLLBACK: of sessions, of locks, elsewhere. */
export function outlastingCallIn(text: string): string | undefined {
  return outlastingCall.exec(text)?.[0];
}

/** What neither a read-only transaction nor its end takes back. */
const outlastingCall =
  /\b(?:pg_(?:try_)?advisory_\w+|pg_(?:terminate|cancel)_backend|dblink_(?:exec|send_query))(?=\s*\()/i;
