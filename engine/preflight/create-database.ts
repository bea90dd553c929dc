import type { Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection, resolveConnection } from "../postgres/session/resolve-connection.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { PreflightError } from "./preflight-error.ts";

/** Creates the connection's database if it does not exist. */
export async function createDatabase(connection: Connection, maintenanceDatabase?: string): Promise<void> {
  const { database } = resolveConnection(connection);
  await withDatabase(maintenanceConnection(connection, maintenanceDatabase), async (maintenance) => {
    try {
      await maintenance.execute(`CREATE DATABASE ${quoteIdentifier(database)}`);
    } catch (error) {
      if (!(error instanceof StatementFailure)) throw error;
      // Two sessions that create it at once collide in the catalog's unique index.
      if (error.sqlstate === sqlstate.duplicateDatabase || error.sqlstate === sqlstate.uniqueViolation)
        return;
      throw new PreflightError(
        "DATABASE_NOT_CREATED",
        `The database ${database} cannot be created: ${error.message} (SQLSTATE ${error.sqlstate ?? "unknown"}). ` +
          `Give ${maintenance.address.user} the right to (ALTER ROLE ... CREATEDB), or create it yourself.`,
        { sqlstate: error.sqlstate },
      );
    }
  });
}
