import type { Connection } from "../postgres/session/connection.ts";
import { resolveConnection } from "../postgres/session/resolve-connection.ts";
import { libpqVariables, type LibpqOptions } from "../postgres/session/libpq-variables.ts";
import { tlsVariableNames } from "../postgres/session/tls-settings.ts";
import { quoteForShell } from "./shell-word.ts";

/** The parts of a command for users to copy that reach the server with the same protection as the connection. */
export interface ServerWords {
  /**
   * Variables before a program, ending in a space: `PGSSLMODE=verify-full PGSSLROOTCERT=system `; empty without TLS.
   */
  variables: string;
  /** Options of a program: host, port and user. */
  options: string[];
}

/**
 * The command words that reach a connection's server. Certificate authorities given as text are expected in a file of
 * the current folder: `authorities.pem`, or AWS's `global-bundle.pem`.
 */
export function serverWords(connection: Connection, options: Partial<LibpqOptions> = {}): ServerWords {
  const { tls } = resolveConnection(connection);
  const certificatesFile = tls.isRds ? "global-bundle.pem" : "authorities.pem";
  const libpq = libpqVariables(connection, { libpqVersion: 16, certificatesFile, ...options });
  const { PGHOST = "", PGPORT = "", PGUSER } = libpq;
  const names = tls.mode === "disable" ? [] : [...tlsVariableNames, "PGHOSTADDR"];
  return {
    variables: names
      .flatMap((name) => (libpq[name] === undefined ? [] : [`${name}=${quoteForShell(libpq[name])} `]))
      .join(""),
    options: [
      ...["-h", quoteForShell(PGHOST), "-p", PGPORT],
      ...(PGUSER === undefined ? [] : ["-U", quoteForShell(PGUSER)]),
    ],
  };
}
