import type { ArchiveEntry } from "./archive-contents.ts";

/** Objects that a shadow already has or cannot have. */
export interface RestoredElsewhere {
  /** True if the shadow's superuser has created the extensions. */
  hasExtensions: boolean;
  /** OIDs, in the original, of the schemas that were created for them. */
  madeSchemas: ReadonlySet<number>;
  /** OIDs, in the original, of policies for roles that the shadow's server lacks. */
  skippedPolicies: ReadonlySet<number>;
}

/** The entries of an archive that are restored into a shadow. */
export interface EntriesToRestore {
  /** Lines for `pg_restore --use-list`. */
  lines: string;
  /** Objects that the shadow cannot hold, such as `2 event triggers`. */
  leftOut: string[];
}

/** OID of `pg_namespace`, the same on every server. */
const catalogOfSchemas = 2615;

/**
 * Chooses the entries to restore as a role that is not a superuser. Event triggers need a superuser, and passwords of
 * user mappings belong to other servers: both are reported as left out. Pure.
 */
export function entriesToRestore(
  entries: readonly ArchiveEntry[],
  elsewhere: RestoredElsewhere,
): EntriesToRestore {
  const reasons = entries.map((entry) => ({ entry, unfit: unfitFor(entry, elsewhere) }));
  const restored = reasons.filter(({ entry, unfit }) => unfit === undefined && !isThere(entry, elsewhere));
  const unfit = reasons.flatMap(({ unfit: kind }) => (kind === undefined ? [] : [kind]));
  return {
    lines: restored.map(({ entry: { line } }) => `${line}\n`).join(""),
    leftOut: countsOf(unfit),
  };
}

type Unfit = "event trigger" | "policy" | "user mapping";

function unfitFor({ oid, text }: ArchiveEntry, { skippedPolicies }: RestoredElsewhere): Unfit | undefined {
  if (text.startsWith("USER MAPPING ")) return "user mapping";
  if (text.startsWith("EVENT TRIGGER ")) return "event trigger";
  return text.startsWith("POLICY ") && skippedPolicies.has(oid) ? "policy" : undefined;
}

/**
 * Comments on objects that are left out, or that belong to the superuser, are left out too. Before version 15, the
 * schema public belongs to the superuser.
 */
function isThere({ catalog, oid, text }: ArchiveEntry, elsewhere: RestoredElsewhere): boolean {
  if (catalog === catalogOfSchemas && elsewhere.madeSchemas.has(oid)) return true;
  if (text.startsWith("COMMENT - EVENT TRIGGER ") || /^COMMENT - SCHEMA "?public"?( |$)/.test(text))
    return true;
  return elsewhere.hasExtensions && text.startsWith("COMMENT - EXTENSION ");
}

function countsOf(kinds: readonly Unfit[]): string[] {
  return [...new Set(kinds)].map((kind) => {
    const count = kinds.filter((other) => other === kind).length;
    const plural = kind === "policy" ? "policies" : `${kind}s`;
    return `${count} ${count === 1 ? kind : plural}`;
  });
}
