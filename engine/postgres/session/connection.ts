/**
 * The address of the database and the credentials, as plain data. Give the parts, a `url`, or the name of an
 * environment variable that holds one (`urlVariable`). Parts that are given win over the URL's.
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
   * The schema of the migrations and the ledger; alone it is the whole search path. Default: `?schema=` of the URL,
   * else the first schema of the search path in the URL or `options`, else the first existing one in the search path of
   * the role or the database.
   */
  schema?: string | undefined;
  /**
   * TLS. Default: `sslmode` of the URL, else `PGSSLMODE`, else `verify-full` if the certificate authority is known (given,
   * or AWS's for a host of RDS), else `require`; on this machine `disable`. A Unix socket needs none.
   */
  tls?: TlsMode | undefined;
  /** Certificate authorities to trust, PEM text. Default: those of `sslrootcert` or `PGSSLROOTCERT`. */
  tlsCa?: string | undefined;
  /** A PEM file of certificate authorities to trust. */
  tlsCaFile?: string | undefined;
  /**
   * The name in the server's certificate, if it differs from `host`, as behind a tunnel. Verifies the server unless
   * `tls` is set.
   */
  tlsServerName?: string | undefined;
  /** Seconds to wait for the server to answer; 0 waits without limit. Default: `PGCONNECT_TIMEOUT`, else 10. */
  connectTimeoutSeconds?: number | undefined;
  /**
   * Settings of every session, in the format of libpq's `options`: `-c search_path=app,extensions`. Default:
   * `PGOPTIONS`.
   */
  options?: string | undefined;
}

/** A connection with every reference resolved, from which a session is opened. Never stored, never printed. */
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
  /** Settings of every session in addition to this package's, which win. */
  options: string | undefined;
}

/** The use of TLS: none; unverified; with a verified certificate; with a verified certificate and host name. */
export type TlsMode = "disable" | "require" | "verify-ca" | "verify-full";

/** TLS versions, as libpq and Node spell them. */
export const protocols = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

export type Protocol = (typeof protocols)[number];

/** TLS with every reference resolved. */
export interface ResolvedTls {
  mode: TlsMode;
  /** True if the mode is `require` only by default: the user has not accepted an unverified server. */
  isUnsaid: boolean;
  /** The certificate authorities to trust, PEM; undefined for those of the system or of Node. */
  authorities: string | undefined;
  /** The absolute path of their file, if they come from one. */
  authoritiesFile: string | undefined;
  /** True if the authorities are AWS's, chosen by the host's name. */
  isRds: boolean;
  /** True if only the system's authorities are trusted. */
  isSystem: boolean;
  /** The name in the server's certificate, if it differs from the host. */
  serverName: string | undefined;
  /** The client's certificate, as absolute paths. */
  certificateFile: string | undefined;
  keyFile: string | undefined;
  keyPassword: string | undefined;
  /** True if the server must prove by SCRAM-SHA-256-PLUS that the connection is not intercepted. */
  bindsChannel: boolean;
  /** True if TLS starts without asking the server first. */
  isDirect: boolean;
  minVersion: Protocol | undefined;
  maxVersion: Protocol | undefined;
}
