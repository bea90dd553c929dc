import type { ChangedRelations } from "../postgres/changed-relations.ts";
import { kindOf } from "./check-kinds.ts";
import type { CheckReads } from "./check-reads.ts";
import type { Check } from "./check.ts";

/** What a migration has changed; `anything` where that is not known. */
export type Changes = ChangedRelations | "anything";

/**
 * The checks that a migration can have affected. A check on what there is is affected by whatever changes a definition;
 * any check by a change of what it has read.
 */
export function affectedChecks(checks: readonly Check[], changes: Changes, reads: CheckReads): Check[] {
  if (changes === "anything") return [...checks];
  const { changed, altersAny } = changes;
  if (changed.size === 0) return [];
  return checks.filter((check) => {
    if (altersAny && kindOf(check).subject === "schema") return true;
    return reads.get(check.name)?.some((relation) => changed.has(relation)) ?? true;
  });
}
