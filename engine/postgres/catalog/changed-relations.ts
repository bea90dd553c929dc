import type { Database } from "../session/database.ts";

/** The lowest number that an object of the users' own can have; catalogs have lower ones. */
export const firstUserOid = 16_384;

/** What the open transaction has changed so far. */
export interface ChangedRelations {
  /** The numbers of the relations whose rows or definition it has changed. */
  changed: ReadonlySet<number>;
  /** Whether it has changed the definition of one. */
  altersAny: boolean;
}

/**
 * What the open transaction has changed, as its own locks tell: whatever changes rows or a definition locks the relation
 * up to the end of the transaction, in triggers, cascades and functions as well.
 */
export async function changedRelations(database: Database): Promise<ChangedRelations> {
  const locked = await database.query<{ relation: number; altered: boolean }>(
    `SELECT relation::pg_catalog.int8::pg_catalog.float8 AS relation,
            pg_catalog.bool_or(mode OPERATOR(pg_catalog.<>) 'RowExclusiveLock' OR relation::pg_catalog.int8 OPERATOR(pg_catalog.<) ${firstUserOid}) AS altered
       FROM pg_catalog.pg_locks
      WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND locktype OPERATOR(pg_catalog.=) 'relation'
        AND mode OPERATOR(pg_catalog.<>) ALL ('{AccessShareLock,RowShareLock}')
      GROUP BY 1`,
  );
  return {
    changed: new Set(locked.map(({ relation }) => relation)),
    altersAny: locked.some(({ altered }) => altered),
  };
}
