import type { Database } from "../postgres/database.ts";
import { quoteLiteral } from "../postgres/identifier.ts";
import { readQuery } from "../postgres/query.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { violationsQuery } from "./check-kinds.ts";
import type { Check, CheckResult } from "./check.ts";

/** How many offending rows a result shows. */
const shownRows = 5;
const defaultTimeoutMs = 30_000;

/**
 * Evaluates all checks, each with one query, and reports every one, not just the first that is violated.
 * They see one snapshot of the data, cannot write, and leave the session as it was.
 *
 * With `insideTransaction` they see what the open transaction has done so far, and others' data by its
 * isolation level.
 */
export async function runChecks(options: {
  database: Database;
  checks: readonly Check[];
  insideTransaction?: boolean;
}): Promise<CheckResult[]> {
  const { database, checks, insideTransaction = false } = options;
  if (checks.length === 0) return [];
  const frame = insideTransaction ? openTransaction : ownTransaction;
  const results: CheckResult[] = [];
  await database.execute(`${frame.begin}; ${timeoutOf(defaultTimeoutMs)}`);
  try {
    for (const check of checks) results.push(await runCheck(database, check, frame.recover));
  } catch (error) {
    // On a connection that is lost, ending fails too, with less to say.
    await database.execute(frame.end).catch(() => undefined);
    throw error;
  }
  await database.execute(frame.end);
  return results;
}

const ownTransaction = {
  begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SAVEPOINT checks",
  recover: "ROLLBACK TO SAVEPOINT checks",
  end: "ROLLBACK",
};

// Read-only lasts until its savepoint is rolled back, so that the ledger can be written afterwards.
const openTransaction = {
  begin: "SAVEPOINT checks; SET LOCAL transaction_read_only = on",
  recover: "ROLLBACK TO SAVEPOINT checks; SET LOCAL transaction_read_only = on",
  end: "ROLLBACK TO SAVEPOINT checks; RELEASE SAVEPOINT checks",
};

function timeoutOf(timeoutMs: number): string {
  return `SET LOCAL statement_timeout = ${timeoutMs}`;
}

async function runCheck(database: Database, check: Check, recover: string): Promise<CheckResult> {
  const { severity = "fail", owner, accepts = 0, timeoutMs = defaultTimeoutMs } = check;
  const about = {
    check: check.name,
    kind: check.kind,
    severity,
    owner,
    violations: 0,
    rows: [],
    error: undefined,
  };
  const { query, problem } = await readQuery(violationsQuery(check));
  if (query === undefined)
    return { ...about, outcome: "unknown", error: { message: problem, sqlstate: undefined } };
  const hasOwnTimeout = timeoutMs !== defaultTimeoutMs;
  try {
    if (hasOwnTimeout) await database.execute(timeoutOf(timeoutMs));
    const [result] = await database.query<{ count: string; rows: Record<string, string | null>[] | null }>(
      countedWithSample(query, check),
    );
    if (hasOwnTimeout) await database.execute(timeoutOf(defaultTimeoutMs));
    const violations = Number(result?.count ?? 0);
    if (violations <= accepts) return { ...about, outcome: "holds", violations };
    return { ...about, outcome: "violated", violations, rows: result?.rows ?? [] };
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    await database.execute(`${recover}; ${timeoutOf(defaultTimeoutMs)}`);
    return { ...about, outcome: "unknown", error: { message: error.message, sqlstate: error.sqlstate } };
  }
}

/** Values are shown as PostgreSQL writes them: JavaScript's numbers would round large keys. */
function countedWithSample(query: string, { sampleColumns }: Check): string {
  const shown =
    sampleColumns === undefined
      ? ""
      : ` WHERE key = ANY (ARRAY[${sampleColumns.map(quoteLiteral).join(", ")}]::text[])`;
  return `WITH violations AS (
${query}
) SELECT (SELECT pg_catalog.count(*) FROM violations) AS count,
  (SELECT pg_catalog.json_agg((SELECT coalesce(pg_catalog.json_object_agg(key, value), '{}')
                                 FROM pg_catalog.json_each_text(pg_catalog.row_to_json(sample.*))${shown}))
     FROM (SELECT * FROM violations LIMIT ${shownRows}) AS sample) AS rows`;
}
