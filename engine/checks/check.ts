import type { CheckTime } from "./check-options.ts";
import type { CheckFinding, CheckSession } from "./check-session.ts";
import type { ColumnIs } from "./column-is.ts";
import type { ColumnReference } from "./column-reference.ts";
import type { Command } from "./command.ts";
import type { ConstraintExists } from "./constraint-exists.ts";
import type { EnumHas } from "./enum-has.ts";
import type { ExactlyOne } from "./exactly-one.ts";
import type { ExtensionInstalled } from "./extension-installed.ts";
import type { ForeignKeyExists } from "./foreign-key-exists.ts";
import type { Http } from "./http.ts";
import type { IndexExists } from "./index-exists.ts";
import type { NoDuplicates } from "./no-duplicates.ts";
import type { NoInvalidIndexes } from "./no-invalid-indexes.ts";
import type { NoOrphans } from "./no-orphans.ts";
import type { NoUnvalidatedConstraints } from "./no-unvalidated-constraints.ts";
import type { NotNull } from "./not-null.ts";
import type { PolicyExists } from "./policy-exists.ts";
import type { Preserved } from "./preserved.ts";
import type { PrivilegeGranted } from "./privilege-granted.ts";
import type { QueryCostBelow } from "./query-cost-below.ts";
import type { QueryFasterThan } from "./query-faster-than.ts";
import type { QueryUsesIndex } from "./query-uses-index.ts";
import type { ReturnsNoRows } from "./returns-no-rows.ts";
import type { ReturnsRows } from "./returns-rows.ts";
import type { RowCount } from "./row-count.ts";
import type { RowCountChange } from "./row-count-change.ts";
import type { RowSecurityEnabled } from "./row-security-enabled.ts";
import type { Scalar } from "./scalar.ts";
import type { SchemaMatches } from "./schema-matches.ts";
import type { SequencesAhead } from "./sequences-ahead.ts";
import type { Smoke } from "./smoke.ts";
import type { SumPreserved } from "./sum-preserved.ts";
import type { TableExists } from "./table-exists.ts";
import type { ValueIn } from "./value-in.ts";

/** A statement about the data or the schema that must hold, as plain data. */
export type Check =
  | ReturnsNoRows
  | TableExists
  | IndexExists
  | ForeignKeyExists
  | NoOrphans
  | NoDuplicates
  | ExactlyOne
  | ReturnsRows
  | Scalar
  | NotNull
  | ValueIn
  | RowCount
  | ColumnIs
  | ConstraintExists
  | EnumHas
  | ExtensionInstalled
  | RowSecurityEnabled
  | PolicyExists
  | PrivilegeGranted
  | NoInvalidIndexes
  | NoUnvalidatedConstraints
  | SequencesAhead
  | Preserved
  | SumPreserved
  | RowCountChange
  | QueryUsesIndex
  | QueryCostBelow
  | QueryFasterThan
  | Smoke
  | Http
  | Command
  | SchemaMatches;

/** What a check found. */
export interface CheckResult {
  /** The check's name. */
  check: string;
  kind: Check["kind"];
  /** Whether it stops the deployment where it does not hold. */
  severity: "fail" | "warn";
  /** When it is evaluated. */
  when: readonly CheckTime[];
  /** `unknown`: the check could not be evaluated, for the reason in `error`. */
  outcome: "holds" | "violated" | "unknown";
  /** How many rows, or objects, violate it. If it holds all the same, this many are known and accepted. */
  violations: number;
  /** Whether there are more violations than that: counting stops at 10,000 beyond those that are accepted. */
  hasMore?: boolean | undefined;
  /** How many there were before the migration that made them more, which `accepts` does not allow. */
  risenFrom?: number | undefined;
  /** Whether what it looks at is yet to be created by the run ahead, so that nothing is wrong so far. Default: false. */
  awaitsRun?: boolean | undefined;
  /** A few of the offending rows, the columns that may be seen. */
  rows: CheckRow[];
  /** Whom to ask about it. */
  owner: string | undefined;
  /** Why it could not be evaluated. */
  error: { message: string; sqlstate: string | undefined; where?: string | undefined } | undefined;
}

/** A row, its values as PostgreSQL writes them. */
export type CheckRow = Record<string, string | null>;

/**
 * What reads a definition and says what is wrong with it. Spelled out, since the types of the library that does it
 * do not compile in every user's project.
 */
export interface DefinitionReader<Definition> {
  safeParse: (
    value: unknown,
  ) => { success: true; data: Definition } | { success: false; error: { issues: DefinitionIssue[] } };
  /** What is read, with its members. */
  in: { shape: Readonly<Record<string, unknown>> };
}

/** One thing that is wrong with a definition. */
export interface DefinitionIssue {
  /** `unrecognized_keys`: of members that it does not have. */
  code: string;
  path: PropertyKey[];
  message: string;
}

/** One kind of check: how its definition is read and how it is evaluated. */
export type CheckKind<Definition extends Check> = QueryKind<Definition> | SessionKind<Definition>;

interface ReadKind<Definition extends Check> {
  /** Reads a definition written as data, in Pulumi.<stack>.yaml, and gives it its default name. */
  definition: DefinitionReader<Definition>;
  /** When it is evaluated by default. Default: as all kinds of its subject. */
  times?: readonly CheckTime[];
}

/** The operator that compares the columns at a position of `compared`, as SQL. */
export type EqualityOperators = (position: number) => string;

/** A kind that is one query: most are. */
export interface QueryKind<Definition extends Check> extends ReadKind<Definition> {
  /**
   * What it looks at. What is in the tables is looked at before a run as well; what tables there are is not, as a run may
   * be about to create them.
   */
  subject: "data" | "schema";
  /** The columns of two tables that it compares. Default: none. */
  compared?(check: Definition): readonly ColumnReference[];
  /**
   * A query that gives one row for each violation, and none where the check holds. It is looked up by the users' search
   * path: names in it are qualified, operators too, except in SQL that the user gave.
   */
  violations(check: Definition, equal: EqualityOperators): string;
  /** Whether that query is the user's as a whole. Default: false. */
  isGiven?: boolean;
}

/** A kind that takes more than a query that gives its violations. */
export interface SessionKind<Definition extends Check> extends ReadKind<Definition> {
  /**
   * `change`: it compares with what was observed before the run. `plan`: it looks how a query would be executed. `writes`:
   * it writes, and what it wrote is undone. `outside`: it looks at something other than the database. `folder`: it
   * compares with what migrations make of an empty database.
   */
  subject: "change" | "plan" | "writes" | "outside" | "folder";
  /** The queries that it contains: each has to be a single SELECT. */
  queries(check: Definition): string[];
  /** What is wrong with SQL of it that is no query; undefined where nothing is. Default: it has none. */
  problem?(check: Definition): Promise<string | undefined>;
  /** Evaluates it. Rejects with a `StatementFailure` where the server refuses it. */
  evaluate(check: Definition, session: CheckSession): Promise<CheckFinding>;
}

/** One column, or several that belong together, each `table.column` or `schema.table.column`. */
export type Columns = string | readonly string[];
