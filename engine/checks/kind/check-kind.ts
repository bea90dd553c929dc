import type { CheckTime, NamedCheck } from "./check-options.ts";
import type { ColumnReference } from "./column-reference.ts";
import type { FolderSchemas, FolderSchemasRequest } from "./folder-schemas.ts";

/** A row with its values as PostgreSQL writes them. */
export type CheckRow = Record<string, string | null>;

/**
 * Validates a definition and lists its problems. Declared here because zod's types do not compile in every user's
 * project.
 */
export interface DefinitionReader<Definition> {
  safeParse: (
    value: unknown,
  ) => { success: true; data: Definition } | { success: false; error: { issues: DefinitionIssue[] } };
  /** The schema of a definition, with its members. */
  in: { shape: Readonly<Record<string, unknown>> };
}

/** One problem in a definition. */
export interface DefinitionIssue {
  /** For `unrecognized_keys`: the unknown members. */
  code: string;
  path: PropertyKey[];
  message: string;
}

/** One kind of check: its definition and its evaluation. */
export type CheckKind<Definition extends NamedCheck> = QueryKind<Definition> | SessionKind<Definition>;

interface ReadKind<Definition extends NamedCheck> {
  /** Reads a definition from Pulumi.<stack>.yaml and adds its default name. */
  definition: DefinitionReader<Definition>;
  /** The default times of evaluation. Default: those of its subject. */
  times?: readonly CheckTime[];
}

/** The SQL operator that compares the columns at a position of `compared`. */
export type EqualityOperators = (position: number) => string;

/** A kind that is one query, as most kinds are. */
export interface QueryKind<Definition extends NamedCheck> extends ReadKind<Definition> {
  /**
   * Its subject. Checks on data are also evaluated before a run. Checks on the schema are not, because the run may be
   * about to create it.
   */
  subject: "data" | "schema";
  /** The columns of two tables that it compares. Default: none. */
  compared?(check: Definition): readonly ColumnReference[];
  /**
   * A query that returns one row for each violation. It runs under the users' search path, so it qualifies names and
   * operators, except in SQL that the user gave.
   */
  violations(check: Definition, equal: EqualityOperators): string;
  /** True if the user gave the whole query. Default: false. */
  isGiven?: boolean;
}

/** A kind that needs more than a query for its violations. */
export interface SessionKind<Definition extends NamedCheck> extends ReadKind<Definition> {
  /**
   * `change`: compares with an observation from before the run. `plan`: inspects the execution plan of a query.
   * `writes`: writes, and undoes it. `outside`: inspects something other than the database. `folder`: compares with the
   * schema that migrations make in an empty database.
   */
  subject: "change" | "plan" | "writes" | "outside" | "folder";
  /** The queries that it contains: each must be a single SELECT. */
  queries(check: Definition): string[];
  /** The problem with SQL of the check that is not a query; undefined if there is none. Default: it has no such SQL. */
  problem?(check: Definition): Promise<string | undefined>;
  /** Evaluates it. Rejects with a `StatementFailure` if the server refuses a statement. */
  evaluate(check: Definition, session: CheckSession): Promise<CheckFinding>;
}

/** The session of a check that takes more than one query. */
export interface CheckSession {
  /** Runs one statement and returns its rows. It can write only if the kind's subject is `writes`. */
  rows<Row extends object>(sql: string): Promise<Row[]>;
  /**
   * Runs a script. It can write only if the kind's subject is `writes`; its effects are undone when the kind is done.
   */
  run(script: string): Promise<void>;
  /** The check's observation from before the run; undefined if there is none. */
  before: CheckRow | undefined;
  /** The time limit of the check, milliseconds. */
  timeoutMs: number;
  /**
   * Reads the schemas of the database and those that a folder of migrations makes; undefined if that is not possible.
   */
  readFolderSchemas: ((request: FolderSchemasRequest) => Promise<FolderSchemas>) | undefined;
  /** Masks the secrets of the connection in a text. */
  redact(text: string): string;
}

/** The findings of a kind that uses a session. */
export interface CheckFinding {
  /** One row for each violation. */
  violations: CheckRow[];
  /** The observation that later evaluations are compared with. Default: none. */
  observed?: CheckRow | undefined;
}
