import type { Connection } from "../postgres/session/connection.ts";
import type { WayBack } from "../backup/way-back.ts";

/** A tool that is to bring a database up to date. Plain data, as it is handed to another process. */
export interface CommandRequest {
  /** What a POSIX shell runs. */
  command: string;
  /** The database that the tool is told of. */
  connection: Connection;
  /** Names of the pending migrations; where there are none the tool is not started. */
  pending: readonly string[];
  /** Variables of the tool's environment, besides those of the connection. Default: none. */
  environment?: Readonly<Record<string, string>> | undefined;
  /** Where the tool is started. Default: the current folder. */
  directory?: string | undefined;
  /** The variable that holds the connection URL. Default: `DATABASE_URL`. */
  urlVariable?: string | undefined;
  /** How to go back, which a failure names. Default: nothing is said. */
  wayBack?: WayBack | undefined;
}
