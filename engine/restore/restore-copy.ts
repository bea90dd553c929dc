import { nameWithSuffix } from "../backup/database-name.ts";
import { copyProperties } from "../backup/database-properties.ts";
import { clearSessions } from "../backup/sessions.ts";
import { type Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection, resolveConnection } from "../postgres/session/resolve-connection.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { RestoreError } from "./restore-error.ts";

export interface RestoreCopyRequest {
  /** The database that was copied. */
  connection: Connection;
  /** The copy's name. */
  copy: string;
  /** End sessions on the copy. Otherwise the restore is refused while there are any. Default: false. */
  terminateSessions?: boolean | undefined;
  /** The database to connect to for its creation. Default: `postgres`. */
  maintenanceDatabase?: string | undefined;
}

/**
 * Restores a copy into a new database beside the original; the copy itself stays unchanged. Resolves to the new name.
 */
export async function restoreCopy(request: RestoreCopyRequest): Promise<string> {
  const { connection, copy } = request;
  const { database } = resolveConnection(connection);
  const restored = nameWithSuffix(database, "_restored");
  await withDatabase(maintenanceConnection(connection, request.maintenanceDatabase), async (maintenance) => {
    const names = await maintenance.query<{ name: string }>(
      "SELECT datname AS name FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) ANY (ARRAY[$1, $2])",
      [copy, restored],
    );
    if (!names.some(({ name }) => name === copy))
      throw new RestoreError(
        "DATABASE_MISSING",
        `The server has no copy ${copy}, and no such archive exists. Correct the name. To restore an RDS snapshot, use the ` +
          `command in the outputs of the stack.`,
      );
    if (names.some(({ name }) => name === restored))
      throw new RestoreError(
        "RESTORE_TARGET_EXISTS",
        `The database ${restored} exists already, possibly from an earlier attempt. Rename it or drop it.`,
      );
    await clearSessions(maintenance, { source: copy, terminateSessions: request.terminateSessions });
    await maintenance.execute(
      `CREATE DATABASE ${quoteIdentifier(restored)} TEMPLATE ${quoteIdentifier(copy)}`,
    );
    await copyProperties(maintenance, { source: copy, copy: restored });
  });
  return restored;
}
