import type { Check, CheckKind } from "./check.ts";
import { exactlyOneKind } from "./exactly-one.ts";
import { foreignKeyExistsKind } from "./foreign-key-exists.ts";
import { indexExistsKind } from "./index-exists.ts";
import { noDuplicatesKind } from "./no-duplicates.ts";
import { noOrphansKind } from "./no-orphans.ts";
import { returnsNoRowsKind } from "./returns-no-rows.ts";
import { tableExistsKind } from "./table-exists.ts";

/** Every kind of check. A new kind is a file beside this one, a member of `Check`, and a line here. */
export const checkKinds: { [Kind in Check["kind"]]: CheckKind<Extract<Check, { kind: Kind }>> } = {
  returnsNoRows: returnsNoRowsKind,
  tableExists: tableExistsKind,
  indexExists: indexExistsKind,
  foreignKeyExists: foreignKeyExistsKind,
  noOrphans: noOrphansKind,
  noDuplicates: noDuplicatesKind,
  exactlyOne: exactlyOneKind,
};

/** The kind of a check. */
export function kindOf(check: Pick<Check, "kind">): CheckKind<Check> {
  return checkKinds[check.kind];
}

/** The queries that a check contains. */
export function queriesOf(check: Check): string[] {
  const kind = kindOf(check);
  return "violations" in kind ? [kind.violations(check)] : kind.queries(check);
}
