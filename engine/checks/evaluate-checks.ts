import type { Database } from "../postgres/session/database.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { CheckEvaluationError } from "./kind/check-evaluation-error.ts";
import { defaultTimeoutMs, inFrame, timeout } from "./check-frame.ts";
import { kindOf, readCheckQuery, sqlProblemOf } from "./check-kinds.ts";
import { timesOf } from "./check-times.ts";
import type { CheckFinding, CheckRow, QueryKind, SessionKind } from "./kind/check-kind.ts";
import type { Check, CheckResult } from "./check.ts";
import {
  builtInEquality,
  type ComparedChecks,
  equalityOperators,
  equalityQuery,
  type EqualityRow,
} from "./equality-operators.ts";
import { given } from "./kinds/parts/given-sql.ts";
import { evaluateQuery, shownRows } from "./evaluate-query.ts";
import type { ReadFolderSchemas } from "./kind/folder-schemas.ts";

/** The checks to evaluate, and the session for them. */
export interface CheckRequest {
  database: Database;
  checks: readonly Check[];
  /**
   * True if a transaction is open whose changes the checks must see. Default: false; they get their own transaction.
   */
  insideTransaction?: boolean | undefined;
  /** Observations of checks from before the run, by check name. Default: none. */
  before?: ReadonlyMap<string, CheckRow> | undefined;
  /**
   * Reads the schemas of migration folders. Default: none, and checks that compare with a folder cannot be evaluated.
   */
  readFolderSchemas?: ReadFolderSchemas | undefined;
}

/** A result with the data that later evaluations need. */
export interface CheckEvaluation extends CheckResult {
  /** The observation that later evaluations are compared with. */
  observed: CheckRow | undefined;
  /** OIDs of the relations that its query has read; undefined if unknown. */
  reads: readonly number[] | undefined;
}

/** The result alone. */
export function resultOf(evaluation: CheckEvaluation): CheckResult {
  const { check, kind, severity, when, outcome, violations, hasMore, rows, owner, error } = evaluation;
  const more = hasMore === true ? { hasMore } : {};
  return { check, kind, severity, when, outcome, violations, ...more, rows, owner, error };
}

/**
 * Evaluates all checks, one query each, and reports all of them, not only the first that is violated. They see one
 * snapshot of the data, cannot write, and leave the session unchanged.
 *
 * With `insideTransaction` they see the open transaction's changes so far, and others' data by its isolation level.
 * Callers outside a run use `runChecks`, which can also compare with folders.
 */
export async function evaluateChecks(request: CheckRequest): Promise<CheckEvaluation[]> {
  const { database, checks, insideTransaction = false } = request;
  const found = new Map<Check, CheckEvaluation>();
  const evaluate = async (subjects: readonly string[], writes: boolean): Promise<void> => {
    const chosen = checks.filter((check) => subjects.includes(kindOf(check).subject));
    if (chosen.length === 0) return;
    const opening = equalityQuery(chosen);
    await inFrame(database, { insideTransaction, writes, opening }, async (frame, opened) => {
      const compared = equalityOperators(opened as EqualityRow[]);
      for (const check of chosen) {
        // Settings of one check must not apply to the next, nor its reads count as reads of the next.
        if (check !== chosen[0]) await database.execute(frame.recover);
        found.set(check, await evaluateOne({ ...request, compared }, check));
      }
    });
  };
  await evaluate(["data", "schema", "change", "plan"], false);
  await evaluate(["writes"], true);
  for (const check of checks) if (!found.has(check)) found.set(check, await evaluateOne(request, check));
  return checks.flatMap((check) => found.get(check) ?? []);
}

interface FrameRequest extends CheckRequest {
  compared?: ComparedChecks;
}

async function evaluateOne(request: FrameRequest, check: Check): Promise<CheckEvaluation> {
  const { database } = request;
  const { severity = "fail", owner, accepts = 0, timeoutMs = defaultTimeoutMs } = check;
  const about = {
    ...{
      check: check.name,
      kind: check.kind,
      severity,
      when: timesOf(check),
      owner,
      violations: 0,
      rows: [],
    },
    ...{ error: undefined, observed: undefined, reads: undefined },
  };
  try {
    const kind = kindOf(check);
    if (!["outside", "folder"].includes(kind.subject) && timeoutMs !== defaultTimeoutMs)
      await database.execute(timeout(timeoutMs));
    const { violations, hasMore, rows, observed, reads } =
      "violations" in kind ? await byQuery(request, kind, check) : await bySession(request, kind, check);
    const shown = rows.map((row) => withoutSecrets(row, database));
    const found = {
      ...about,
      observed,
      reads,
      violations,
      ...(hasMore === true ? { hasMore } : {}),
      rows: shown,
    };
    return { ...found, outcome: violations <= accepts ? "holds" : "violated" };
  } catch (error) {
    if (!(error instanceof StatementFailure || error instanceof CheckEvaluationError)) throw error;
    const { message, sqlstate } = error;
    const where =
      error instanceof StatementFailure && error.where !== undefined ? { where: error.where } : {};
    return { ...about, outcome: "unknown", error: { message, sqlstate, ...where } };
  }
}

type Found = Pick<CheckEvaluation, "hasMore" | "observed" | "reads" | "rows" | "violations">;

async function byQuery(
  { database, compared }: FrameRequest,
  kind: QueryKind<Check>,
  check: Check,
): Promise<Found> {
  const equal = compared?.get(check.name) ?? builtInEquality;
  const { query, problem } = await readCheckQuery(kind, kind.violations(check, equal));
  if (query === undefined) throw new CheckEvaluationError(problem);
  const marked = kind.isGiven === true ? given(query) : query;
  return { ...(await evaluateQuery(database, marked, check)), observed: undefined };
}

async function bySession(
  { database, before, insideTransaction = false, readFolderSchemas }: CheckRequest,
  kind: SessionKind<Check>,
  check: Check,
): Promise<Found> {
  // SQL that is more than a query could leave the frame, and the checks may not have been read by `readChecks`.
  const problem = await sqlProblemOf(check);
  if (problem !== undefined) throw new CheckEvaluationError(problem);
  const { violations, observed }: CheckFinding = await kind.evaluate(check, {
    rows: (sql) => database.query(sql),
    run: (script) => database.execute(script),
    before: before?.get(check.name),
    timeoutMs: check.timeoutMs ?? defaultTimeoutMs,
    readFolderSchemas:
      readFolderSchemas && ((folder) => readFolderSchemas(database, { ...folder, insideTransaction })),
    redact: (text) => database.redact(text),
  });
  const rows = violations.slice(0, shownRows).map((row) => visible(row, check));
  return { violations: violations.length, rows, observed, reads: undefined };
}

function withoutSecrets(row: CheckRow, database: Database): CheckRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, value === null ? null : database.redact(value)]),
  );
}

function visible(row: CheckRow, { sampleColumns }: Check): CheckRow {
  if (sampleColumns === undefined) return row;
  return Object.fromEntries(Object.entries(row).filter(([column]) => sampleColumns.includes(column)));
}
