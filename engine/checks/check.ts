import type { ExactlyOne } from "./exactly-one.ts";
import type { ForeignKeyExists } from "./foreign-key-exists.ts";
import type { IndexExists } from "./index-exists.ts";
import type { NoDuplicates } from "./no-duplicates.ts";
import type { NoOrphans } from "./no-orphans.ts";
import type { ReturnsNoRows } from "./returns-no-rows.ts";
import type { TableExists } from "./table-exists.ts";

/** A statement about the data or the schema that must hold, as plain data. */
export type Check =
  ReturnsNoRows | TableExists | IndexExists | ForeignKeyExists | NoOrphans | NoDuplicates | ExactlyOne;

/** What a check found. */
export interface CheckResult {
  /** The check's name. */
  check: string;
  kind: Check["kind"];
  /** Whether it stops the deployment where it does not hold. */
  severity: "fail" | "warn";
  /** `unknown`: the check could not be evaluated, for the reason in `error`. */
  outcome: "holds" | "violated" | "unknown";
  /** How many rows, or objects, violate it; where it holds all the same, so many are known and accepted. */
  violations: number;
  /** A few of the offending rows, the columns that may be seen. */
  rows: Record<string, string | null>[];
  /** Whom to ask about it. */
  owner: string | undefined;
  /** Why it could not be evaluated. */
  error: { message: string; sqlstate: string | undefined } | undefined;
}

/**
 * What reads a definition and says what is wrong with it. Spelled out, since the types of the library that does it
 * do not compile in every user's project.
 */
export interface DefinitionReader<Definition> {
  safeParse: (
    value: unknown,
  ) => { success: true; data: Definition } | { success: false; error: { issues: DefinitionIssue[] } };
}

/** One thing that is wrong with a definition. */
export interface DefinitionIssue {
  path: PropertyKey[];
  message: string;
}

/** One kind of check: how its definition is read and how it becomes SQL. */
export interface CheckKind<Definition extends Check> {
  /** Reads a definition written as data, in Pulumi.<stack>.yaml, and gives it its default name. */
  definition: DefinitionReader<Definition>;
  /**
   * What it looks at. What is in the tables is looked at before a run as well; what tables there are is not, as a run may
   * be about to create them.
   */
  subject: "data" | "schema";
  /** A query that gives one row for each violation, and none where the check holds. */
  violations(check: Definition): string;
}

/** One column, or several that belong together, each `table.column` or `schema.table.column`. */
export type Columns = string | readonly string[];
