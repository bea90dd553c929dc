import { readQuery } from "../postgres/query.ts";
import type { Check, CheckKind } from "./check.ts";
import { columnIsKind } from "./column-is.ts";
import { commandKind } from "./command.ts";
import { constraintExistsKind } from "./constraint-exists.ts";
import { enumHasKind } from "./enum-has.ts";
import { exactlyOneKind } from "./exactly-one.ts";
import { extensionInstalledKind } from "./extension-installed.ts";
import { foreignKeyExistsKind } from "./foreign-key-exists.ts";
import { httpKind } from "./http.ts";
import { indexExistsKind } from "./index-exists.ts";
import { noDuplicatesKind } from "./no-duplicates.ts";
import { noInvalidIndexesKind } from "./no-invalid-indexes.ts";
import { noOrphansKind } from "./no-orphans.ts";
import { noUnvalidatedConstraintsKind } from "./no-unvalidated-constraints.ts";
import { notNullKind } from "./not-null.ts";
import { policyExistsKind } from "./policy-exists.ts";
import { preservedKind } from "./preserved.ts";
import { privilegeGrantedKind } from "./privilege-granted.ts";
import { queryCostBelowKind } from "./query-cost-below.ts";
import { queryFasterThanKind } from "./query-faster-than.ts";
import { queryUsesIndexKind } from "./query-uses-index.ts";
import { returnsNoRowsKind } from "./returns-no-rows.ts";
import { returnsRowsKind } from "./returns-rows.ts";
import { rowCountKind } from "./row-count.ts";
import { rowCountChangeKind } from "./row-count-change.ts";
import { rowSecurityEnabledKind } from "./row-security-enabled.ts";
import { scalarKind } from "./scalar.ts";
import { schemaMatchesKind } from "./schema-matches.ts";
import { sequencesAheadKind } from "./sequences-ahead.ts";
import { smokeKind } from "./smoke.ts";
import { sumPreservedKind } from "./sum-preserved.ts";
import { tableExistsKind } from "./table-exists.ts";
import { valueInKind } from "./value-in.ts";

/** Every kind of check. A new kind is a file beside this one, a member of `Check`, and a line here. */
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

/** The kind of a check. */
export function kindOf(check: Pick<Check, "kind">): CheckKind<Check> {
  return checkKinds[check.kind];
}

/** The queries that a check contains. */
export function queriesOf(check: Check): string[] {
  const kind = kindOf(check);
  return "violations" in kind
    ? [kind.violations(check, () => "OPERATOR(pg_catalog.=)")]
    : kind.queries(check);
}

/** What is wrong with the SQL of a check; undefined where it can be run as what it is. */
export async function sqlProblemOf(check: Check): Promise<string | undefined> {
  for (const query of queriesOf(check)) {
    const { problem } = await readQuery(query);
    if (problem !== undefined) return problem;
  }
  const kind = kindOf(check);
  return "violations" in kind ? undefined : kind.problem?.(check);
}
