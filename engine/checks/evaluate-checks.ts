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

/** What is to be evaluated, and where. */
export interface CheckRequest {
  database: Database;
  checks: readonly Check[];
  /** Whether a transaction is open whose changes are to be looked at. Default: false, they get one of their own. */
  insideTransaction?: boolean | undefined;
  /** What checks observed before the run, by their names. Default: nothing. */
  before?: ReadonlyMap<string, CheckRow> | undefined;
  /** How folders of migrations are compared with. Default: not at all, and checks that do so cannot be evaluated. */
  readFolderSchemas?: ReadFolderSchemas | undefined;
}

/** A result, and what is kept of it for later. */
export interface CheckEvaluation extends CheckResult {
  /** What later evaluations are compared with. */
  observed: CheckRow | undefined;
  /** The relations that its query has read, by their numbers; undefined where that is not known. */
  reads: readonly number[] | undefined;
}

/** A result without what is kept for later. */
export function resultOf(evaluation: CheckEvaluation): CheckResult {
  const { check, kind, severity, when, outcome, violations, hasMore, rows, owner, error } = evaluation;
  const more = hasMore === true ? { hasMore } : {};
  return { check, kind, severity, when, outcome, violations, ...more, rows, owner, error };
}

/**
 * Evaluates all checks, each with one query, and reports every one, not just the first that is violated.
 * They see one snapshot of the data, cannot write, and leave the session as it was.
 *
 * With `insideTransaction` they see what the open transaction has done so far, and others' data by its isolation level.
 * A caller that is no part of a run calls `runChecks`, which can compare with folders as well.
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
        // Nothing that one has set holds for the next, nor does what it has read look as if the next had.
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
  // What is more than it claims to be could leave the frame: nobody has to have read the checks before.
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
