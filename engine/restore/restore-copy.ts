import { nameWithSuffix } from "../backup/database-name.ts";
import { copyProperties } from "../backup/database-properties.ts";
import { clearSessions } from "../backup/sessions.ts";
import { type Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection, resolveConnection } from "../postgres/session/resolve-connection.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { RestoreError } from "./restore-error.ts";

/** Which copy is restored. */
export interface RestoreCopyRequest {
  /** The database that was copied. */
  connection: Connection;
  /** The copy's name. */
  copy: string;
  /** Whether sessions on the copy are ended; otherwise it is refused while there are any. Default: false. */
  terminateSessions?: boolean | undefined;
  /** The database from which it is created. Default: `postgres`. */
  maintenanceDatabase?: string | undefined;
}

/** Restores a copy into a new database beside the original; the copy itself stays as it is. Gives the new name. */
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
        `There is no copy ${copy} on the server, and no such archive. Correct the name; an RDS snapshot is restored by the ` +
          `command in the outputs of the stack.`,
      );
    if (names.some(({ name }) => name === restored))
      throw new RestoreError(
        "RESTORE_TARGET_EXISTS",
        `There is a database ${restored} already, from an earlier attempt perhaps. Rename it, or drop it.`,
      );
    await clearSessions(maintenance, { source: copy, terminateSessions: request.terminateSessions });
    await maintenance.execute(
      `CREATE DATABASE ${quoteIdentifier(restored)} TEMPLATE ${quoteIdentifier(copy)}`,
    );
    await copyProperties(maintenance, { source: copy, copy: restored });
  });
  return restored;
}
