import { ConnectionError } from "./connection-error.ts";
import { isTlsParameter, mayAskForTls } from "./tls-settings.ts";

/** The parameters of a connection URL that choose the target or its session, decoded as libpq decodes them. */
export type UrlParameters = ReadonlyMap<string, string>;

const honoured = [
  ...["host", "port", "dbname", "user", "password"],
  ...["schema", "search_path", "options", "connect_timeout", "application_name", "fallback_application_name"],
];

/** Parameters that affect neither the target nor the security, by the tool that knows them. */
const harmless = new Set([
  // libpq
  ...["keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"],
  ...["krbsrvname", "max_protocol_version"],
  // Prisma, and Supabase and Neon for Prisma
  ...["connection_limit", "pool_timeout", "pgbouncer", "socket_timeout", "statement_cache_size"],
  ...["max_connection_lifetime", "max_idle_connection_lifetime", "single_use_connections"],
  ...["workaround", "supa"],
  // node-postgres, postgres.js, pgx
  ...["uselibpqcompat", "prepare", "max", "idle_timeout", "max_lifetime", "binary_parameters"],
  ...["pool_max_conns", "pool_min_conns", "pool_max_conn_lifetime", "pool_max_conn_idle_time"],
  ...["default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity"],
  // golang-migrate
  ...["x-multi-statement", "x-multi-statement-max-size", "x-statement-timeout", "x-lock-strategy"],
]);

/** Values with which a parameter has no effect. Any other value is refused. */
const neutralValues: ReadonlyMap<string, RegExp> = new Map([
  ["target_session_attrs", /^any$/],
  ["load_balance_hosts", /^disable$/],
  ["replication", /^(?:0|false|off|no)$/i],
  ["client_encoding", /^(?:auto|utf-?8|unicode)$/i],
  ["encoding", /^(?:utf-?8|unicode)$/i],
  ["min_protocol_version", /^3\.0$/],
]);

const oneServer =
  "Remove it, and name the primary as the only host; a standby is refused if anything is pending.";
const byPassword = "Remove it, and give a password or a client certificate (sslcert and sslkey).";

const remedies: Readonly<Record<string, string>> = {
  hostaddr: "Give the address as the host, and the name in the server's certificate as tlsServerName.",
  service: "Write host, port, database and user of the service into the connection.",
  servicefile: "Write host, port, database and user of the service into the connection.",
  passfile: "Remove it, and set the environment variable PGPASSFILE to the file.",
  target_session_attrs: oneServer,
  load_balance_hosts: oneServer,
  replication: "Remove it; migrations run in ordinary sessions.",
  client_encoding: "Remove it; scripts are read as UTF-8.",
  encoding: "Remove it; scripts are read as UTF-8.",
  min_protocol_version: "Remove it.",
  oauth_issuer: byPassword,
  oauth_client_id: byPassword,
  oauth_client_secret: byPassword,
  oauth_scope: byPassword,
  scram_client_key: byPassword,
  scram_server_key: byPassword,
  currentSchema: "Write schema instead.",
  socket: "Write host instead.",
  "x-migrations-table": "Remove it; the ledger is the table schema_migrations.",
  "x-migrations-table-quoted": "Remove it; the ledger is the table schema_migrations.",
};

/**
 * Separates the parameters of a URL into those that choose the target or its session and those of TLS. Throws a
 * `ConnectionError` for a parameter that is neither supported nor known to be harmless.
 */
export function separateParameters(query: string): { target: UrlParameters; tls: URLSearchParams } {
  const target = new Map<string, string>();
  const tls = new URLSearchParams();
  for (const [name, value] of parametersOf(query))
    if (isTlsParameter(name) || mayAskForTls(name)) tls.append(name, value);
    else if (honoured.includes(name)) setOnce(target, name, value);
    else if (!harmless.has(name) && neutralValues.get(name)?.test(value) !== true) throw refused(name);
  return { target, tls };
}

/**
 * The parameters of a query. A plus sign is itself, as in libpq. In `options`, where tools write it for a space, it is
 * a space.
 */
export function parametersOf(query: string): URLSearchParams {
  const parts = query
    .split("&")
    .map((part) => (part.startsWith("options=") ? part : part.replaceAll("+", "%2B")));
  return new URLSearchParams(parts.join("&"));
}

function setOnce(parameters: Map<string, string>, name: string, value: string): void {
  if (value === "")
    throw parameterError(`The connection URL gives ${name} without a value. Give one, or remove ${name}.`);
  if (parameters.has(name) && parameters.get(name) !== value)
    throw parameterError(`The connection URL gives ${name} twice. Remove one of them.`);
  parameters.set(name, value);
}

function refused(name: string): ConnectionError {
  const remedy = Object.hasOwn(remedies, name) ? remedies[name] : undefined;
  if (remedy !== undefined)
    return parameterError(`The parameter ${name} of the connection URL is not supported. ${remedy}`);
  // If it cannot be a name, it may be a part of the password.
  const shown = /^[a-z][a-z_.-]{0,39}$/i.test(name) ? `the parameter ${name}` : "a parameter";
  return parameterError(
    `The connection URL has ${shown}, which is unknown. Correct its name, or remove it. ` +
      `Write a setting of the session as options=-c%20name=value.`,
  );
}

/** An error about a parameter. `message` must repeat no value. */
export function parameterError(message: string): ConnectionError {
  return new ConnectionError("CONNECTION_PARAMETER_REFUSED", message);
}
