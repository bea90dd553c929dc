import type { Database } from "../session/database.ts";

/** The lowest OID of a user's object; those of system catalogs are lower. */
export const firstUserOid = 16_384;

/** The changes of the open transaction so far. */
export interface ChangedRelations {
  /** OIDs of the relations whose rows or definition it has changed. */
  changed: ReadonlySet<number>;
  /** True if it has changed a definition. */
  altersAny: boolean;
}

/**
 * The relations that the open transaction has changed, according to its own locks. Every change of rows or of a
 * definition locks the relation until the transaction ends, even in triggers, cascades and functions.
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
