import { type QueryReading, readQuery } from "../postgres/script/query.ts";
import type { Check } from "./check.ts";
import type { CheckKind } from "./kind/check-kind.ts";
import { columnIsKind } from "./kinds/column-is.ts";
import { commandKind } from "./kinds/command.ts";
import { constraintExistsKind } from "./kinds/constraint-exists.ts";
import { hasGivenSql } from "./kinds/parts/given-sql.ts";
import { enumHasKind } from "./kinds/enum-has.ts";
import { exactlyOneKind } from "./kinds/exactly-one.ts";
import { extensionInstalledKind } from "./kinds/extension-installed.ts";
import { foreignKeyExistsKind } from "./kinds/foreign-key-exists.ts";
import { httpKind } from "./kinds/http.ts";
import { indexExistsKind } from "./kinds/index-exists.ts";
import { noDuplicatesKind } from "./kinds/no-duplicates.ts";
import { noInvalidIndexesKind } from "./kinds/no-invalid-indexes.ts";
import { noOrphansKind } from "./kinds/no-orphans.ts";
import { noUnvalidatedConstraintsKind } from "./kinds/no-unvalidated-constraints.ts";
import { notNullKind } from "./kinds/not-null.ts";
import { policyExistsKind } from "./kinds/policy-exists.ts";
import { preservedKind } from "./kinds/preserved.ts";
import { privilegeGrantedKind } from "./kinds/privilege-granted.ts";
import { queryCostBelowKind } from "./kinds/query-cost-below.ts";
import { queryFasterThanKind } from "./kinds/query-faster-than.ts";
import { queryUsesIndexKind } from "./kinds/query-uses-index.ts";
import { returnsNoRowsKind } from "./kinds/returns-no-rows.ts";
import { returnsRowsKind } from "./kinds/returns-rows.ts";
import { rowCountKind } from "./kinds/row-count.ts";
import { rowCountChangeKind } from "./kinds/row-count-change.ts";
import { rowSecurityEnabledKind } from "./kinds/row-security-enabled.ts";
import { scalarKind } from "./kinds/scalar.ts";
import { schemaMatchesKind } from "./kinds/schema-matches.ts";
import { sequencesAheadKind } from "./kinds/sequences-ahead.ts";
import { smokeKind } from "./kinds/smoke.ts";
import { sumPreservedKind } from "./kinds/sum-preserved.ts";
import { tableExistsKind } from "./kinds/table-exists.ts";
import { valueInKind } from "./kinds/value-in.ts";

/** Every kind of check. A new kind needs a file in kinds/, a member of `Check`, and a line here. */
export const checkKinds: { [Kind in Check["kind"]]: CheckKind<Extract<Check, { kind: Kind }>> } = {
  returnsNoRows: returnsNoRowsKind,
  tableExists: tableExistsKind,
  indexExists: indexExistsKind,
  foreignKeyExists: foreignKeyExistsKind,
  noOrphans: noOrphansKind,
  noDuplicates: noDuplicatesKind,
  exactlyOne: exactlyOneKind,
  returnsRows: returnsRowsKind,
  scalar: scalarKind,
  notNull: notNullKind,
  valueIn: valueInKind,
  rowCount: rowCountKind,
  columnIs: columnIsKind,
  constraintExists: constraintExistsKind,
  enumHas: enumHasKind,
  extensionInstalled: extensionInstalledKind,
  rowSecurityEnabled: rowSecurityEnabledKind,
  policyExists: policyExistsKind,
  privilegeGranted: privilegeGrantedKind,
  noInvalidIndexes: noInvalidIndexesKind,
  noUnvalidatedConstraints: noUnvalidatedConstraintsKind,
  sequencesAhead: sequencesAheadKind,
  preserved: preservedKind,
  sumPreserved: sumPreservedKind,
  rowCountChange: rowCountChangeKind,
  queryUsesIndex: queryUsesIndexKind,
  queryCostBelow: queryCostBelowKind,
  queryFasterThan: queryFasterThanKind,
  smoke: smokeKind,
  http: httpKind,
  command: commandKind,
  schemaMatches: schemaMatchesKind,
};

export function kindOf(check: Pick<Check, "kind">): CheckKind<Check> {
  return checkKinds[check.kind];
}

export function queriesOf(check: Check): string[] {
  const kind = kindOf(check);
  return "violations" in kind
    ? [kind.violations(check, () => "OPERATOR(pg_catalog.=)")]
    : kind.queries(check);
}

/** Reads a query of a check. Only SQL of the user's is parsed, since to load the parser takes a tenth of a second. */
export async function readCheckQuery(kind: CheckKind<Check>, query: string): Promise<QueryReading> {
  const isOwn = "violations" in kind && kind.isGiven !== true && !hasGivenSql(query);
  return isOwn ? { query } : readQuery(query);
}

/** Why the SQL of a check cannot be run; undefined if it can. */
export async function sqlProblemOf(check: Check): Promise<string | undefined> {
  const kind = kindOf(check);
  for (const query of queriesOf(check)) {
    const { problem } = await readCheckQuery(kind, query);
    if (problem !== undefined) return problem;
  }
  return "violations" in kind ? undefined : kind.problem?.(check);
}
