import type { Database } from "../session/database.ts";
import type { ScriptProblem } from "../script/parsed-statement.ts";
import { sqlstate } from "../text/sqlstate.ts";
import { StatementFailure } from "../text/statement-failure.ts";

/** Refused when it is run, so that nothing of what comes after it in the same message is. */
const neverDone = "SELECT 1 OPERATOR(pg_catalog./) 0";

/** The problems that are left if the server may read what this package's parser, of one version, cannot. */
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

/** The server reads a whole message before it runs the first statement of it. */
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

/** The version of PostgreSQL that the parser is of. */
const parserVersion = 18;
