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
  /**
   * The schema that the migrations and the ledger live in; alone it is the whole search path. Default: `?schema=` of the
   * URL, else the first schema of the search path that the URL or `options` give, else the first one that exists in the
   * search path of the role or the database.
   */
  schema?: string | undefined;
  /**
   * TLS. Default: `sslmode` of the URL, else `PGSSLMODE`, else `verify-full` if the certificate authority is known (given,
   * or AWS's for a host of RDS), else `require`; on this machine `disable`. A Unix socket needs none.
   */
  tls?: TlsMode | undefined;
  /** Certificate authorities to trust, PEM text. Default: those of `sslrootcert` or `PGSSLROOTCERT`. */
  tlsCa?: string | undefined;
  /** A file of certificate authorities to trust, PEM. */
  tlsCaFile?: string | undefined;
  /** The name in the server's certificate, if it is not `host`: behind a tunnel. Verifies the server unless `tls` is set. */
  tlsServerName?: string | undefined;
  /** Seconds to wait for the server to answer; 0 waits without limit. Default: `PGCONNECT_TIMEOUT`, else 10. */
  connectTimeoutSeconds?: number | undefined;
  /** Settings of every session, as libpq's `options` has them: `-c search_path=app,extensions`. Default: `PGOPTIONS`. */
  options?: string | undefined;
}

/** A connection with every reference resolved: what a session is opened with. Never stored, never printed. */
export interface ResolvedConnection {
  host: string;
  port: number;
  database: string;
  user: string | undefined;
  password: string | undefined;
  /** Undefined if the search path decides, which only the server knows. */
  schema: string | undefined;
  tls: ResolvedTls;
  connectTimeoutSeconds: number;
  /** What every session asks for besides the settings of this package; these win. */
  options: string | undefined;
}

/**
 * How TLS is used: not at all; without verifying the server; verifying its certificate; or verifying certificate and
 * host name.
 */
export type TlsMode = "disable" | "require" | "verify-ca" | "verify-full";

/** The versions of the protocol, as libpq and Node spell them. */
export const protocols = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

/** A version of the protocol. */
export type Protocol = (typeof protocols)[number];

/** TLS with every reference resolved. */
export interface ResolvedTls {
  mode: TlsMode;
  /** Whether the mode is `require` only because nothing was said: nobody has accepted an unverified server. */
  isUnsaid: boolean;
  /** The certificate authorities to trust, PEM; undefined for those of the system or of Node. */
  authorities: string | undefined;
  /** The absolute path of the file that they are in, if they come from one. */
  authoritiesFile: string | undefined;
  /** Whether the authorities are AWS's, known by the host's name. */
  isRds: boolean;
  /** Whether only the system's authorities are trusted. */
  isSystem: boolean;
  /** The name in the server's certificate, if it is not the host. */
  serverName: string | undefined;
  /** The client's certificate, as absolute paths. */
  certificateFile: string | undefined;
  keyFile: string | undefined;
  keyPassword: string | undefined;
  /** Whether the server must prove by SCRAM-SHA-256-PLUS that nobody stands between. */
  bindsChannel: boolean;
  /** Whether TLS begins without asking the server first. */
  isDirect: boolean;
  minVersion: Protocol | undefined;
  maxVersion: Protocol | undefined;
}
