import { copyProperties } from "../backup/database-properties.ts";
import { nameWithSuffix } from "../backup/database-name.ts";
import { clearSessions } from "../backup/sessions.ts";
import { type Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection, resolveConnection } from "../postgres/session/resolve-connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { RestoreError } from "./restore-error.ts";

/** The databases to swap. */
export interface SwapRequest {
  /** The database in use. */
  connection: Connection;
  /** The restored database, on the same server. */
  restored: string;
  /** End sessions on either database. Otherwise the swap is refused while there are any. Default: false. */
  terminateSessions?: boolean | undefined;
  /** The database to connect to for the renaming. Default: `postgres`. */
  maintenanceDatabase?: string | undefined;
}

/** The names after the swap. */
export interface Swap {
  /** The name that the application knows. It now holds the restored data. */
  database: string;
  /** The name under which the database that was in use is kept. */
  kept: string;
}

/**
 * Replaces the database in use with a restored one, which gets its owner, privileges and settings. The replaced one is
 * kept under another name. Either both are renamed or neither.
 */
export async function swapDatabases(request: SwapRequest): Promise<Swap> {
  const { connection, restored, terminateSessions, maintenanceDatabase } = request;
  const { database } = resolveConnection(connection);
  if (restored === database)
    throw new RestoreError("SWAP_UNUSABLE", `${restored} cannot replace itself. Name the restored database.`);
  return withDatabase(maintenanceConnection(connection, maintenanceDatabase), async (maintenance) => {
    for (const name of [database, restored]) await requireExists(maintenance, name);
    const kept = nameWithSuffix(database, `_before_swap_${timestamp(new Date())}`);
    await copyProperties(maintenance, { source: database, copy: restored });
    await renameBoth(maintenance, { database, kept, restored, terminateSessions });
    return { database, kept };
  });
}

/** Number of times to end sessions that reconnect before the databases are renamed. */
const terminateAttempts = 5;

async function renameBoth(
  maintenance: Database,
  names: Swap & Pick<SwapRequest, "restored" | "terminateSessions">,
): Promise<void> {
  const { database, kept, restored, terminateSessions } = names;
  for (let attempt = 1; ; attempt++) {
    for (const source of [database, restored])
      await clearSessions(maintenance, { source, terminateSessions });
    try {
      await maintenance.execute(
        `BEGIN; ALTER DATABASE ${quoteIdentifier(database)} RENAME TO ${quoteIdentifier(kept)}; ` +
          `ALTER DATABASE ${quoteIdentifier(restored)} RENAME TO ${quoteIdentifier(database)}; COMMIT`,
      );
      return;
    } catch (error) {
      if (!(error instanceof StatementFailure) || error.sqlstate !== sqlstate.objectInUse) throw error;
      await maintenance.execute("ROLLBACK");
      // An application whose sessions were ended may have reconnected at once.
      if (terminateSessions === true && attempt < terminateAttempts) continue;
      throw new RestoreError(
        "SWAP_REFUSED",
        `Neither database was renamed: ${error.message}. ${error.detail ?? ""} Stop the application, which keeps ` +
          `reconnecting, and swap again.`,
        { sqlstate: error.sqlstate },
      );
    }
  }
}

async function requireExists(maintenance: Database, name: string): Promise<void> {
  const found = await maintenance.query(
    "SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) $1",
    [name],
  );
  if (found.length > 0) return;
  const { host, port } = maintenance.address;
  throw new RestoreError(
    "DATABASE_MISSING",
    `The database ${name} does not exist at ${host}:${port}. Restore into it first.`,
  );
}

/** `20261121t060928123z`. */
function timestamp(time: Date): string {
  return time.toISOString().replace(/[-:.]/g, "").toLowerCase();
}
