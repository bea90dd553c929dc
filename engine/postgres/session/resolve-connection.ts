import type { Connection, ResolvedConnection } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";
import { readConnectionUrl, severalHosts } from "./connection-url.ts";
import { requireGivenParts, requireNoMisleadingVariable } from "./given-parts.ts";
import { quoteIdentifier } from "../text/identifier.ts";
import { isLoopback, isSocket } from "./loopback.ts";
import { optionOf, schemasIn, settingsInOptions } from "./session-options.ts";
import { mergedSettings, settingsOfEnvironment, type TlsSettings, withoutMode } from "./tls-settings.ts";
import { resolveTls } from "./tls.ts";

/** Resolves the references of a connection (URL, environment variables, files). Throws `ConnectionError`. */
export function resolveConnection(
  connection: Connection,
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedConnection {
  requireGivenParts(connection);
  const url = connection.url ?? fromVariable(connection.urlVariable, "urlVariable", environment);
  const { connection: fromUrl, settings } =
    url === undefined ? { connection: {}, settings: new Map() } : readConnectionUrl(url);
  const given = { ...fromUrl, ...connection };
  if (given.database === undefined)
    throw new ConnectionError(
      "CONNECTION_INCOMPLETE",
      "The connection names no database. Set `database`, or give a URL that ends in /database.",
    );
  requireNoMisleadingVariable(given, environment);
  const host = given.host ?? variableOf("PGHOST", environment) ?? "localhost";
  if (host.includes(",")) throw severalHosts();
  return {
    host,
    port: portOf(given.port ?? variableOf("PGPORT", environment) ?? 5432),
    database: given.database,
    user: given.user ?? variableOf("PGUSER", environment),
    password:
      connection.password ??
      fromVariable(connection.passwordVariable, "passwordVariable", environment) ??
      fromUrl.password ??
      environment["PGPASSWORD"],
    ...schemaAndOptions(connection, { fromUrl, environment }),
    tls: resolveTls(connection, settingsFor(connection, { settings, environment }), host),
    connectTimeoutSeconds: given.connectTimeoutSeconds ?? timeoutOf(environment) ?? 10,
  };
}

/**
 * The same connection to another database of the server, for work that cannot be done inside the target: creating or
 * copying it. Default: `postgres`, which every server has.
 */
export function maintenanceConnection(connection: Connection, database = "postgres"): Connection {
  const schema = "public";
  const { options } = connection;
  const others = options === undefined ? {} : { options: `${options} ${optionOf("search_path", schema)}` };
  return { ...connection, database, schema, ...others };
}

/** The name of the database, from any part of the connection. */
export function databaseOf(connection: Connection): string {
  return resolveConnection(connection).database;
}

/** A connection's place for messages, `app at db.example:5432`. It mentions clear text on a network. */
export function placeOf(connection: Connection): string {
  const { database, host, port, tls } = resolveConnection(connection);
  const isClear = tls.mode === "disable" && !isSocket(host) && !isLoopback(host);
  return `${database} at ${host}:${port}${isClear ? ", in clear text" : ""}`;
}

/** Protections that a connection lacks without the user's consent: one line each, with the line to write. */
export function connectionWarnings(connection: Connection): string[] {
  const { host, port, tls } = resolveConnection(connection);
  if (!tls.isUnsaid) return [];
  return [
    `The connection to ${host}:${port} is encrypted, but the server is not verified. ` +
      `Write "tlsCaFile: <file with the server's certificate authority>" into the connection, ` +
      `or "tls: verify-full" if the system trusts it, or "tls: require" to accept any server.`,
  ];
}

function portOf(value: number | string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ConnectionError(
    "CONNECTION_INCOMPLETE",
    "The port is not a whole number from 1 to 65535. Set `port`, or PGPORT, to the port of the server.",
  );
}

/** An empty variable comes from a missing value, like an empty part of the connection. */
function variableOf(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const value = environment[name];
  if (value !== "") return value;
  throw new ConnectionError(
    "CONNECTION_INCOMPLETE",
    `The environment variable ${name} is set but empty. Correct the value that it comes from, or unset it.`,
  );
}

function timeoutOf(environment: NodeJS.ProcessEnv): number | undefined {
  const seconds = Number.parseInt(environment["PGCONNECT_TIMEOUT"] ?? "", 10);
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

/** A schema wins over a search path of the environment, and the connection's members over its URL. */
function schemaAndOptions(
  connection: Connection,
  { fromUrl, environment }: { fromUrl: Connection; environment: NodeJS.ProcessEnv },
): Pick<ResolvedConnection, "options" | "schema"> {
  const { PGOPTIONS: inherited = "" } = environment;
  const options = connection.options ?? fromUrl.options ?? (inherited === "" ? undefined : inherited);
  const path = settingsInOptions(options).get("search_path") ?? "";
  // The schema named like the role is irrelevant if another schema follows.
  const first = schemasIn(path)[0] ?? schemasIn(path, "$user")[0];
  const isPathGiven = connection.options !== undefined && first !== undefined;
  const schema = connection.schema ?? (isPathGiven ? undefined : fromUrl.schema) ?? firstSchemaOf(path);
  if (schema === undefined || first === undefined || first === schema) return { schema, options };
  if (connection.schema === undefined ? fromUrl.options === undefined : !isPathGiven)
    return { schema, options: `${options ?? ""} ${optionOf("search_path", quoteIdentifier(schema))}` };
  throw new ConnectionError(
    "CONNECTION_SCHEMA_AMBIGUOUS",
    `The connection's schema is ${JSON.stringify(schema)}, but its search_path begins with ${JSON.stringify(first)}. ` +
      `Remove one of them, or begin the search_path with the schema.`,
  );
}

/** If a path begins with `$user`, only the server knows its first existing schema. */
function firstSchemaOf(path: string): string | undefined {
  const [first] = schemasIn(path, "$user");
  return first === "$user" ? undefined : first;
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

/** The connection's members win over its URL, and both over the environment. */
function settingsFor(
  { tls }: Connection,
  { settings, environment }: { settings: TlsSettings; environment: NodeJS.ProcessEnv },
): TlsSettings {
  if (tls === "disable") return withoutMode(settings);
  const merged = mergedSettings(settingsOfEnvironment(environment), settings);
  return tls === undefined ? merged : withoutMode(merged);
}
