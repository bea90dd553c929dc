import { existsSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, ResolvedConnection, ResolvedTls } from "./connection.ts";
import { resolveConnection } from "./resolve-connection.ts";
import { ConnectionError } from "./connection-error.ts";
import { isSocket } from "./loopback.ts";
import { tlsVariableNames } from "./tls-settings.ts";

/**
 * Variables of libpq that would lead its programs to another place than this package's own sessions. They are removed
 * from the environment of each such program.
 */
export const misleadingVariables: readonly string[] = [
  "PGSERVICE",
  "PGSERVICEFILE",
  "PGHOSTADDR",
  "PGDATABASE",
  "PGOPTIONS",
  "PGCLIENTENCODING",
  "PGTARGETSESSIONATTRS",
  "PGLOADBALANCEHOSTS",
  ...tlsVariableNames,
];

/** Where systems keep their trusted authorities: libpq before 16 needs the path. */
const trustedAuthorities = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Facts in addition to the connection that the variables depend on. */
export interface LibpqOptions {
  /** The major version of the programs. */
  libpqVersion: number;
  /** The numeric address of the host, if the certificate has another name (`tlsServerName`). */
  hostAddress?: string | undefined;
  /** A file that `authoritiesText` was or will be written to. */
  certificatesFile?: string | undefined;
}

/** The variables by which libpq reaches a connection's server, without the password. Throws a `ConnectionError`. */
export function libpqVariables(connection: Connection, options: LibpqOptions): Record<string, string> {
  const resolved = resolveConnection(connection);
  return {
    PGHOST: resolved.host,
    PGPORT: String(resolved.port),
    PGDATABASE: resolved.database,
    ...(resolved.user === undefined ? {} : { PGUSER: resolved.user }),
    PGCONNECT_TIMEOUT: String(resolved.connectTimeoutSeconds),
    ...(resolved.options === undefined ? {} : { PGOPTIONS: resolved.options }),
    ...tlsVariables(resolved, options),
  };
}

/**
 * The whole environment by which a child process reaches a connection's server, including the password. Authorities
 * given as text are written to a file in `folder`, which the caller must remove.
 */
export async function libpqEnvironment(
  connection: Connection,
  { libpqVersion, folder }: { libpqVersion: number; folder: string },
): Promise<Record<string, string>> {
  const certificatesFile = join(folder, "authorities.pem");
  const authorities = authoritiesText(connection);
  if (authorities !== undefined) await writeFile(certificatesFile, authorities, { mode: 0o600, flag: "wx" });
  const hostAddress = await hostAddressOf(connection);
  const { password } = resolveConnection(connection);
  return {
    ...libpqVariables(connection, { libpqVersion, certificatesFile, hostAddress }),
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}

/** The numeric address of the host, if the certificate has another name; undefined if it is not needed. */
export async function hostAddressOf(connection: Connection): Promise<string | undefined> {
  if (connection.tlsServerName === undefined) return undefined;
  const { host } = resolveConnection(connection);
  // If it cannot be resolved, the first session reports the error.
  return host.startsWith("/") ? undefined : (await lookup(host).catch(() => undefined))?.address;
}

/** The authorities that a connection trusts and that are in no file, PEM: given as text, or AWS's. */
export function authoritiesText(connection: Connection): string | undefined {
  const { authorities, authoritiesFile } = resolveConnection(connection).tls;
  return authoritiesFile === undefined ? authorities : undefined;
}

function tlsVariables({ tls, host }: ResolvedConnection, options: LibpqOptions): Record<string, string> {
  // libpq ignores TLS on a Unix socket, but rejects verify-full.
  if (tls.mode === "disable") return { PGSSLMODE: "disable" };
  if (tls.keyPassword !== undefined)
    throw new ConnectionError(
      "TLS_NOT_ENFORCEABLE",
      "sslpassword cannot be passed to PostgreSQL's programs without exposing it. Give a key without a password.",
    );
  const isNamedOtherwise = tls.serverName !== undefined && options.hostAddress !== undefined;
  return {
    PGSSLMODE: tls.mode,
    ...(tls.mode === "require" ? {} : { PGSSLROOTCERT: authoritiesFile(tls, options) }),
    ...(tls.certificateFile === undefined ? {} : { PGSSLCERT: tls.certificateFile }),
    ...(tls.keyFile === undefined ? {} : { PGSSLKEY: tls.keyFile }),
    ...(tls.bindsChannel ? { PGCHANNELBINDING: "require" } : {}),
    ...(tls.isDirect ? { PGSSLNEGOTIATION: "direct" } : {}),
    ...(tls.minVersion === undefined ? {} : { PGSSLMINPROTOCOLVERSION: tls.minVersion }),
    ...(tls.maxVersion === undefined ? {} : { PGSSLMAXPROTOCOLVERSION: tls.maxVersion }),
    // The certificate is compared with PGHOST, and the connection goes to PGHOSTADDR.
    ...(isNamedOtherwise && !isSocket(host)
      ? { PGHOST: String(tls.serverName), PGHOSTADDR: String(options.hostAddress) }
      : {}),
  };
}

function authoritiesFile(tls: ResolvedTls, options: LibpqOptions): string {
  if (tls.authoritiesFile !== undefined) return tls.authoritiesFile;
  if (tls.authorities !== undefined && options.certificatesFile !== undefined)
    return options.certificatesFile;
  if (options.libpqVersion >= 16) return "system";
  const trusted = trustedAuthorities.find((path) => existsSync(path));
  if (trusted !== undefined) return trusted;
  throw new ConnectionError(
    "CONNECTION_CA_UNREADABLE",
    "The server's certificate must be verified, but pg_dump before 16 finds no authorities of the system here. " +
      "Set tlsCaFile to a file of the authorities to trust.",
  );
}
