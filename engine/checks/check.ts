import type { CheckTime } from "./kind/check-options.ts";
import type { CheckRow } from "./kind/check-kind.ts";
import type { ColumnIs } from "./kinds/column-is.ts";
import type { Command } from "./kinds/command.ts";
import type { ConstraintExists } from "./kinds/constraint-exists.ts";
import type { EnumHas } from "./kinds/enum-has.ts";
import type { ExactlyOne } from "./kinds/exactly-one.ts";
import type { ExtensionInstalled } from "./kinds/extension-installed.ts";
import type { ForeignKeyExists } from "./kinds/foreign-key-exists.ts";
import type { Http } from "./kinds/http.ts";
import type { IndexExists } from "./kinds/index-exists.ts";
import type { NoDuplicates } from "./kinds/no-duplicates.ts";
import type { NoInvalidIndexes } from "./kinds/no-invalid-indexes.ts";
import type { NoOrphans } from "./kinds/no-orphans.ts";
import type { NoUnvalidatedConstraints } from "./kinds/no-unvalidated-constraints.ts";
import type { NotNull } from "./kinds/not-null.ts";
import type { PolicyExists } from "./kinds/policy-exists.ts";
import type { Preserved } from "./kinds/preserved.ts";
import type { PrivilegeGranted } from "./kinds/privilege-granted.ts";
import type { QueryCostBelow } from "./kinds/query-cost-below.ts";
import type { QueryFasterThan } from "./kinds/query-faster-than.ts";
import type { QueryUsesIndex } from "./kinds/query-uses-index.ts";
import type { ReturnsNoRows } from "./kinds/returns-no-rows.ts";
import type { ReturnsRows } from "./kinds/returns-rows.ts";
import type { RowCount } from "./kinds/row-count.ts";
import type { RowCountChange } from "./kinds/row-count-change.ts";
import type { RowSecurityEnabled } from "./kinds/row-security-enabled.ts";
import type { Scalar } from "./kinds/scalar.ts";
import type { SchemaMatches } from "./kinds/schema-matches.ts";
import type { SequencesAhead } from "./kinds/sequences-ahead.ts";
import type { Smoke } from "./kinds/smoke.ts";
import type { SumPreserved } from "./kinds/sum-preserved.ts";
import type { TableExists } from "./kinds/table-exists.ts";
import type { ValueIn } from "./kinds/value-in.ts";

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

export interface CheckResult {
  check: string;
  kind: Check["kind"];
  /** `fail`: a violation stops the deployment. `warn`: it is only reported. */
  severity: "fail" | "warn";
  when: readonly CheckTime[];
  /** `unknown`: the check could not be evaluated, for the reason in `error`. */
  outcome: "holds" | "violated" | "unknown";
  /** Number of violating rows or objects. If the outcome is `holds`, these are known and accepted. */
  violations: number;
  /** True if there are more: counting stops at 10,000 above the accepted number. */
  hasMore?: boolean | undefined;
  /** The number before the migration that raised it, which `accepts` does not allow. */
  risenFrom?: number | undefined;
  /** True if the pending run will create what it looks at, so that nothing is wrong yet. Default: false. */
  awaitsRun?: boolean | undefined;
  /** A few of the offending rows, reduced to the columns that may be shown. */
  rows: CheckRow[];
  /** The contact for this check. */
  owner: string | undefined;
  /** Why it could not be evaluated. */
  error: { message: string; sqlstate: string | undefined; where?: string | undefined } | undefined;
}
