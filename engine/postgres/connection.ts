import { readFileSync } from "node:fs";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { ConnectionError } from "./connection-error.ts";
import { connectionFromUrl } from "./connection-url.ts";

/** How TLS is used: not at all, without verifying the server, or verifying certificate and host name. */
export type TlsMode = "disable" | "require" | "verify-full";

/**
 * How to reach the database, as plain data. Give either the parts, or a `url`, or the name of an
 * environment variable that holds one (`urlVariable`); parts that are given win over the URL's.
 */
export interface Connection {
  /** Host name, IP address, or the directory of a Unix socket. Default: `PGHOST`, else `localhost`. */
  host?: string | undefined;
  /** TCP port. Default: `PGPORT`, else 5432. */
  port?: number | undefined;
  /** The database to migrate. Required, here or in the URL. */
  database?: string | undefined;
  /** The role that runs the migrations. Default: `PGUSER`, else the operating system's user. */
  user?: string | undefined;
  /** The password. Default: `PGPASSWORD`, else the password file. */
  password?: string | undefined;
  /** Name of an environment variable that holds the password; read whenever a connection is made. */
  passwordVariable?: string | undefined;
  /** A connection URL, `postgresql://user:password@host:port/database?schema=app&sslmode=verify-full`. */
  url?: string | undefined;
  /** Name of an environment variable that holds such a URL; read whenever a connection is made. */
  urlVariable?: string | undefined;
  /** The schema that the migrations and the ledger live in. Default: `?schema=` of the URL, else `public`. */
  schema?: string | undefined;
  /** TLS. Default: `sslmode` of the URL, else `verify-full` where `tlsCa` or `tlsCaFile` is given, else `disable`. */
  tls?: TlsMode | undefined;
  /** Certificate authorities to trust, PEM text. */
  tlsCa?: string | undefined;
  /** A file of certificate authorities to trust, PEM. */
  tlsCaFile?: string | undefined;
  /** The name that the server's certificate must bear, where it is not `host`: behind a tunnel. */
  tlsServerName?: string | undefined;
  /** Seconds to wait for the server to answer. Default: 10. */
  connectTimeoutSeconds?: number | undefined;
}

/** A connection with every reference resolved: what a session is opened with. Never stored, never printed. */
export interface ResolvedConnection {
  host: string;
  port: number;
  database: string;
  user: string | undefined;
  password: string | undefined;
  schema: string;
  ssl: TlsOptions | false;
  connectTimeoutSeconds: number;
}

/** Resolves the references of a connection (URL, environment variables, files). Throws `ConnectionError`. */
export function resolveConnection(
  connection: Connection,
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedConnection {
  const url = connection.url ?? fromVariable(connection.urlVariable, "urlVariable", environment);
  const fromUrl = url === undefined ? {} : connectionFromUrl(url);
  const given = { ...fromUrl, ...withoutUndefined(connection) };
  if (given.database === undefined || given.database === "")
    throw new ConnectionError(
      "CONNECTION_INCOMPLETE",
      "The connection names no database. Set `database`, or give a URL that ends in /database.",
    );
  return {
    host: given.host ?? environment["PGHOST"] ?? "localhost",
    port: portOf(given.port ?? environment["PGPORT"] ?? 5432),
    database: given.database,
    user: given.user ?? environment["PGUSER"],
    password:
      connection.password ??
      fromVariable(connection.passwordVariable, "passwordVariable", environment) ??
      fromUrl.password ??
      environment["PGPASSWORD"],
    schema: given.schema ?? "public",
    ssl: tlsOptions(given),
    connectTimeoutSeconds: given.connectTimeoutSeconds ?? 10,
  };
}

/**
 * The same connection to another database of the server, for what cannot be done from within the target:
 * creating or copying it. Default: `postgres`, which every server has.
 */
export function maintenanceConnection(connection: Connection, database = "postgres"): Connection {
  return { ...connection, database, schema: "public" };
}

/** The name of the database, however the connection gives it. */
export function databaseOf(connection: Connection): string {
  return resolveConnection(connection).database;
}

function portOf(value: number | string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ConnectionError(
    "CONNECTION_INCOMPLETE",
    "The port is not a whole number from 1 to 65535. Set `port`, or PGPORT, to the port of the server.",
  );
}

function fromVariable(
  variable: string | undefined,
  member: string,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (variable === undefined) return undefined;
  const value = environment[variable];
  if (value === undefined || value === "")
    throw new ConnectionError(
      "CONNECTION_VARIABLE_UNSET",
      `The environment variable ${variable}, named by the connection's ${member}, is not set. ` +
        `Set it in the environment that runs pulumi.`,
    );
  return value;
}

function tlsOptions(connection: Connection): TlsOptions | false {
  const ca = connection.tlsCa ?? (connection.tlsCaFile && readCertificates(connection.tlsCaFile));
  const mode = connection.tls ?? (ca ? "verify-full" : "disable");
  if (mode === "disable") return false;
  return {
    // As libpq does: an authority that is named is verified, though not the host's name.
    rejectUnauthorized: mode === "verify-full" || Boolean(ca),
    ...(mode === "require" && ca ? { checkServerIdentity: () => undefined } : {}),
    ...(ca ? { ca } : {}),
    ...(connection.tlsServerName ? { servername: connection.tlsServerName } : {}),
  };
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConnectionError(
      "CONNECTION_CA_UNREADABLE",
      `The certificate file ${file}, named by tlsCaFile, cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
}

function withoutUndefined(connection: Connection): Connection {
  return Object.fromEntries(Object.entries(connection).filter(([, value]) => value !== undefined));
}
