import { existsSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { connectionFromUrl } from "./connection-url.ts";
import { type Connection, resolveConnection, type ResolvedConnection } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";

/**
 * Variables of libpq that would lead its programs elsewhere than this package's own sessions; they are taken out of
 * the environment of each such program.
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
  "PGSSLMODE",
  "PGREQUIRESSL",
  "PGSSLROOTCERT",
  "PGSSLNEGOTIATION",
  "PGCHANNELBINDING",
  "PGREQUIREAUTH",
  "PGGSSENCMODE",
];

/** Where systems keep the authorities that they trust: libpq before 16 has to be told. */
const trustedAuthorities = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** What the variables depend on besides the connection. */
export interface LibpqOptions {
  /** The major version of the programs. */
  libpqVersion: number;
  /** The numeric address of the host, where the certificate bears another name (`tlsServerName`). */
  hostAddress?: string | undefined;
  /** A file that the text of `tlsCa` was or will be written to. */
  certificatesFile?: string | undefined;
}

/** The variables by which libpq reaches what a connection names, without the password. Throws `ConnectionError`. */
export function libpqVariables(connection: Connection, options: LibpqOptions): Record<string, string> {
  const resolved = resolveConnection(connection);
  return {
    PGHOST: resolved.host,
    PGPORT: String(resolved.port),
    PGDATABASE: resolved.database,
    ...(resolved.user === undefined ? {} : { PGUSER: resolved.user }),
    PGCONNECT_TIMEOUT: String(resolved.connectTimeoutSeconds),
    ...tlsVariables(connection, resolved, options),
  };
}

/**
 * The whole environment by which a program reaches what a connection names, the password included, for a child
 * process. The text of `tlsCa` is written to a file in `folder`, which is the caller's to remove.
 */
export async function libpqEnvironment(
  connection: Connection,
  { libpqVersion, folder }: { libpqVersion: number; folder: string },
): Promise<Record<string, string>> {
  const certificatesFile = join(folder, "authorities.pem");
  if (connection.tlsCa !== undefined)
    await writeFile(certificatesFile, connection.tlsCa, { mode: 0o600, flag: "wx" });
  const hostAddress = await hostAddressOf(connection);
  const { password } = resolveConnection(connection);
  return {
    ...libpqVariables(connection, { libpqVersion, certificatesFile, hostAddress }),
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}

/** The numeric address of the host, where the certificate is to bear another name; undefined where none is needed. */
export async function hostAddressOf(connection: Connection): Promise<string | undefined> {
  if (connection.tlsServerName === undefined) return undefined;
  const { host } = resolveConnection(connection);
  // What cannot be looked up is explained by the session that is opened first.
  return host.startsWith("/") ? undefined : (await lookup(host).catch(() => undefined))?.address;
}

function tlsVariables(
  connection: Connection,
  { ssl, host }: ResolvedConnection,
  options: LibpqOptions,
): Record<string, string> {
  // libpq ignores TLS on a Unix socket but complains of verify-full.
  if (ssl === false || host.startsWith("/")) return { PGSSLMODE: "disable" };
  const mode =
    ssl.rejectUnauthorized === false ? "require" : ssl.checkServerIdentity ? "verify-ca" : "verify-full";
  const authorities = mode === "require" ? undefined : authoritiesFile(connection, options);
  const isNamedOtherwise = ssl.servername !== undefined && options.hostAddress !== undefined;
  return {
    PGSSLMODE: mode,
    ...(authorities === undefined ? {} : { PGSSLROOTCERT: authorities }),
    // The certificate is compared with PGHOST, and PGHOSTADDR is what is connected to.
    ...(isNamedOtherwise ? { PGHOST: String(ssl.servername), PGHOSTADDR: String(options.hostAddress) } : {}),
  };
}

function authoritiesFile(connection: Connection, options: LibpqOptions): string {
  if (connection.tlsCa !== undefined && options.certificatesFile !== undefined)
    return options.certificatesFile;
  const url = connection.url ?? process.env[connection.urlVariable ?? ""];
  const file = connection.tlsCaFile ?? (url === undefined ? undefined : connectionFromUrl(url).tlsCaFile);
  if (file !== undefined) return resolve(file);
  if (options.libpqVersion >= 16) return "system";
  const trusted = trustedAuthorities.find((path) => existsSync(path));
  if (trusted !== undefined) return trusted;
  throw new ConnectionError(
    "CONNECTION_CA_UNREADABLE",
    "The server's certificate is to be verified, but pg_dump before 16 finds no authorities of the system here. " +
      "Set tlsCaFile to a file of the authorities to trust.",
  );
}
