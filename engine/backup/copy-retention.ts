import type { Database } from "../postgres/session/database.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";

/** The mark written beside a copy. Retention touches nothing without one. */
export interface CopyMark {
  source: string;
  copy: string;
  takenAt: Date;
  position: string | undefined;
}

/** Marks a database as a copy of this package, with a comment on it. */
export async function markCopy(maintenance: Database, mark: CopyMark): Promise<void> {
  const { source, copy, takenAt, position = copy } = mark;
  const comment = `${prefixOf(copy, source)}${takenAt.toISOString()} at ledger position ${position}`;
  await maintenance.execute(`COMMENT ON DATABASE ${quoteIdentifier(copy)} IS ${quoteLiteral(comment)}`);
}

/** The time a copy was taken, ISO 8601; undefined if the comment does not mark a copy of this database. */
export function readMark(
  comment: string,
  { copy, source }: { copy: string; source: string },
): string | undefined {
  const prefix = prefixOf(copy, source);
  return comment.startsWith(prefix) ? comment.slice(prefix.length).split(" ")[0] : undefined;
}

/**
 * The comment on a row of pg_database. Before PostgreSQL 14 its function is written in SQL and resolves names by the
 * search path.
 */
export const databaseComment = `(
  SELECT c.description FROM pg_catalog.pg_shdescription c
   WHERE c.objoid OPERATOR(pg_catalog.=) oid
     AND c.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_database'::pg_catalog.regclass)`;

/**
 * True if a row of pg_database has the owner that a copy of database $1 has. The owner of another database could forge
 * a mark, and so push real copies out of retention.
 */
export const isOwnedAsCopy = `(
  datdba OPERATOR(pg_catalog.=) (SELECT datdba FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) $1::pg_catalog.name)
  OR datdba OPERATOR(pg_catalog.=) ANY (SELECT oid FROM pg_catalog.pg_roles WHERE rolsuper OR rolname OPERATOR(pg_catalog.=) current_user))`;

/** Keeps the newest copy of each of the newest `retain` positions, and drops the other copies of a database. */
export async function dropExpiredCopies(
  maintenance: Database,
  request: { source: string; retain: number; onProgress?: ((message: string) => void) | undefined },
): Promise<void> {
  const { source, retain, onProgress } = request;
  const databases = await maintenance.query<{ name: string; comment: string }>(
    `SELECT datname AS name, ${databaseComment} AS comment
       FROM pg_catalog.pg_database
      WHERE ${databaseComment} IS NOT NULL AND ${isOwnedAsCopy}`,
    [source],
  );
  // A copy that was renamed to replace the original is no longer a copy.
  const copies = databases
    .filter(({ name, comment }) => comment.startsWith(prefixOf(name, source)))
    .map(({ name, comment }) => ({ name, mark: comment.slice(prefixOf(name, source).length) }))
    .sort((a, b) => (a.mark < b.mark ? 1 : -1));
  for (const name of expired(copies, retain)) {
    onProgress?.(`dropping ${name}, which exceeds the retention of ${retain}`);
    try {
      await maintenance.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`);
    } catch (error) {
      // The new copy is proven already: one that cannot be dropped yet is left for the next run.
      if (!(error instanceof StatementFailure)) throw error;
      onProgress?.(`${name} cannot be dropped yet: ${error.message}`);
    }
  }
}

/** Names the copies to drop; expects `copies` newest first. */
export function expired(copies: readonly { name: string; mark: string }[], retain: number): string[] {
  const kept = new Set<string>();
  return copies
    .filter(({ mark }) => {
      const position = mark.split(" at ledger position ").at(-1) ?? "";
      if (kept.has(position) || kept.size === retain) return true;
      kept.add(position);
      return false;
    })
    .map(({ name }) => name);
}

function prefixOf(copy: string, source: string): string {
  return `pulumi-pg-migrations: copy ${quoteIdentifier(copy)} of ${quoteIdentifier(source)} taken `;
}
