import { type ChangedRelations, firstUserOid } from "../postgres/catalog/changed-relations.ts";
import { kindOf } from "./check-kinds.ts";
import type { CheckReads } from "./check-reads.ts";
import type { Check } from "./check.ts";

/** The relations that a migration has changed; `anything` if they are unknown. */
export type Changes = ChangedRelations | "anything";

/**
 * The checks that a migration can affect: it changed a relation that they read or, for checks on definitions, it
 * altered any definition.
 */
export function affectedChecks(checks: readonly Check[], changes: Changes, reads: CheckReads): Check[] {
  if (changes === "anything") return [...checks];
  const { changed, altersAny } = changes;
  if (changed.size === 0 && !altersAny) return [];
  return checks.filter((check) => {
    const relations = reads.get(check.name);
    if (relations === undefined) return true;
    const looksAtDefinitions =
      kindOf(check).subject === "schema" ||
      relations.length === 0 ||
      relations.some((oid) => oid < firstUserOid);
    return (altersAny && looksAtDefinitions) || relations.some((relation) => changed.has(relation));
  });
}
