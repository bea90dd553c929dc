import type { Database } from "../session/database.ts";
import type { ScriptProblem } from "../script/parsed-statement.ts";
import { sqlstate } from "../text/sqlstate.ts";
import { StatementFailure } from "../text/statement-failure.ts";

/** Refused at run time, so that nothing after it in the same message runs. */
const neverDone = "SELECT 1 OPERATOR(pg_catalog./) 0";

/** The problems that remain if the server may accept what this package's parser, of one version, cannot read. */
export async function problemsForServer(
  database: Database | undefined,
  problems: readonly ScriptProblem[],
): Promise<ScriptProblem[]> {
  if (database === undefined) return problems.map(asOfParser);
  const left: ScriptProblem[] = [];
  for (const problem of problems)
    if (problem.statement === undefined || !(await canRead(database, problem.statement))) left.push(problem);
  return left;
}

/** The server parses a whole message before it runs the first statement. */
async function canRead(database: Database, statement: string): Promise<boolean> {
  try {
    await database.execute(`${neverDone}; ${statement}`);
    return false;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    return error.sqlstate === sqlstate.divisionByZero;
  }
}

function asOfParser(problem: ScriptProblem): ScriptProblem {
  if (problem.statement === undefined) return problem;
  return { ...problem, message: `PostgreSQL ${parserVersion} cannot read it: ${problem.message}` };
}

/** The parser's PostgreSQL version. */
const parserVersion = 18;
