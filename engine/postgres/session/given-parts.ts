import type { Connection } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";

/**
 * Throws a `ConnectionError` if a member of a connection is given without a value. It comes from an output or a
 * variable that does not exist, and its default could be another server.
 */
export function requireGivenParts(connection: Connection): void {
  for (const [member, value] of Object.entries(connection) as [string, unknown][])
    if (isAbsent(value))
      throw new ConnectionError(
        "CONNECTION_INCOMPLETE",
        `The connection's ${member} is given, but empty or undefined. Correct the output or variable that it comes from; ` +
          `to use the default, remove ${member} from the connection.`,
      );
}

/**
 * A connection whose members without a value stay recognizable: state and providers keep an empty text, but drop an
 * undefined member.
 */
export function withVisibleGaps(connection: Connection | undefined): Connection {
  return Object.fromEntries(
    Object.entries(connection ?? {}).map(([member, value]: [string, unknown]) => [
      member,
      isAbsent(value) ? "" : value,
    ]),
  );
}

/**
 * Throws a `ConnectionError` if an unsupported variable of libpq would choose the server, because the connection does
 * not name it.
 */
export function requireNoMisleadingVariable({ host }: Connection, environment: NodeJS.ProcessEnv): void {
  const variable = ["PGSERVICE", "PGHOSTADDR"].find((name) => (environment[name] ?? "") !== "");
  if (host !== undefined || variable === undefined) return;
  throw new ConnectionError(
    "CONNECTION_VARIABLE_UNSUPPORTED",
    `The environment variable ${variable} would choose the server, which is not supported. ` +
      `Write host, port and user into the connection, or unset ${variable}.`,
  );
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
