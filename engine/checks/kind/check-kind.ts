import type { CheckTime, NamedCheck } from "./check-options.ts";
import type { ColumnReference } from "./column-reference.ts";
import type { FolderSchemas, FolderSchemasRequest } from "./folder-schemas.ts";

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
  /** The schema of a definition, with its members. */
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
export type CheckKind<Definition extends NamedCheck> = QueryKind<Definition> | SessionKind<Definition>;

interface ReadKind<Definition extends NamedCheck> {
  /** Reads a definition written as data, in Pulumi.<stack>.yaml, and gives it its default name. */
  definition: DefinitionReader<Definition>;
  /** When it is evaluated by default. Default: as all kinds of its subject. */
  times?: readonly CheckTime[];
}

/** The operator that compares the columns at a position of `compared`, as SQL. */
export type EqualityOperators = (position: number) => string;

/** A kind that is one query: most are. */
export interface QueryKind<Definition extends NamedCheck> extends ReadKind<Definition> {
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
  /** True if the user gave the whole query. Default: false. */
  isGiven?: boolean;
}

/** A kind that takes more than a query that gives its violations. */
export interface SessionKind<Definition extends NamedCheck> extends ReadKind<Definition> {
  /**
   * `change`: it compares with what was observed before the run. `plan`: it looks how a query would be executed. `writes`:
   * it writes, and what it wrote is undone. `outside`: it looks at something other than the database. `folder`: it
   * compares with what migrations make of an empty database.
   */
  subject: "change" | "plan" | "writes" | "outside" | "folder";
  /** The queries that it contains: each has to be a single SELECT. */
  queries(check: Definition): string[];
  /** The problem with SQL of the check that is no query; undefined if there is none. Default: it has no such SQL. */
  problem?(check: Definition): Promise<string | undefined>;
  /** Evaluates it. Rejects with a `StatementFailure` where the server refuses it. */
  evaluate(check: Definition, session: CheckSession): Promise<CheckFinding>;
}

/** The session of a check that takes more than one query. */
export interface CheckSession {
  /** Runs one statement and gives its rows. It can write only where the kind's subject says so. */
  rows<Row extends object>(sql: string): Promise<Row[]>;
  /** Runs a script. It can write only where the kind's subject says so; what it wrote is undone when the kind is done. */
  run(script: string): Promise<void>;
  /** Observed by the check before the run; undefined if it was not, or could not be, evaluated then. */
  before: CheckRow | undefined;
  /** The time limit of the check, milliseconds. */
  timeoutMs: number;
  /** Reads the schemas of the database and those that a folder of migrations makes; undefined if that is not possible. */
  readFolderSchemas: ((request: FolderSchemasRequest) => Promise<FolderSchemas>) | undefined;
  /** Masks the secrets of the connection in a text. */
  redact(text: string): string;
}

/** What such a kind has found. */
export interface CheckFinding {
  /** One row for each violation; none where the check holds. */
  violations: CheckRow[];
  /** What later evaluations are compared with. Default: nothing. */
  observed?: CheckRow | undefined;
}
