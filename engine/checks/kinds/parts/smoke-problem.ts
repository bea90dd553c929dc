import { type ParsedStatement, parseStatements, wordsOf } from "../../../postgres/script/parsed-statement.ts";
import { outlastingCallIn } from "../../../postgres/script/query.ts";
import { isAtomic } from "../../../postgres/script/script.ts";
import { readScript } from "../../../postgres/script/read-script.ts";
import { sourceOf } from "../../../postgres/script/script-lines.ts";

/** Why a script cannot be run and rolled back without a trace; undefined if it can. */
export async function smokeProblem(sql: string): Promise<string | undefined> {
  const script = await readScript(sourceOf(sql));
  if (script.leftOut.size > 0)
    return "its SQL begins or ends transactions. Remove BEGIN, COMMIT and the like: it runs in one transaction, which is rolled back.";
  const [problem] = script.problems;
  if (problem !== undefined) return `its SQL cannot be run: ${problem.message}\n${problem.excerpt}`;
  if (script.statements === 0) return "its SQL holds no statement.";
  if (!isAtomic(script)) {
    const { line, words } = script.segments.find(({ kind }) => kind === "alone") ??
      script.segments[1] ?? { line: 1, words: "" };
    return `its SQL cannot run in one transaction, because of ${words} in line ${line}.`;
  }
  const { statements } = await parseStatements(sql);
  return statements.map(statementProblem).find((message) => message !== undefined);
}

/** Settings of the session and files are not rolled back. */
const outlasting = new Set(["PrepareStmt", "DeallocateStmt", "DiscardStmt", "LoadStmt"]);

function statementProblem({ type, node, text }: ParsedStatement): string | undefined {
  if (type === "TransactionStmt")
    return `its SQL sets savepoints: ${wordsOf(text)}. Remove them: a statement that fails violates the check.`;
  if (type === "CopyStmt" && node["is_from"] === true && node["filename"] === undefined)
    return "its SQL reads data from COPY ... FROM stdin. Write INSERT instead.";
  const writesFile = type === "CopyStmt" && node["is_from"] !== true;
  if (outlasting.has(type) || writesFile || node["is_program"] === true)
    return `the effect of ${wordsOf(text)} would outlast it.`;
  const call = outlastingCallIn(text) ?? /\bsetval(?="?\s*\()/i.exec(text)?.[0];
  return call === undefined ? undefined : `its SQL calls ${call}(), whose effect would outlast it.`;
}
