import { parse } from "pg-connection-string";
import type { Connection } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";
import { optionOf, settingsInOptions } from "./session-options.ts";
import { askedMode } from "./tls-mode.ts";
import { requireEnforceable, settingsOfUrl, type TlsSettings } from "./tls-settings.ts";
import { parameterError, separateParameters, type UrlParameters } from "./url-parameters.ts";

/**
 * Reads a connection URL. As in libpq, `host`, `port`, `dbname`, `user` and `password` among its parameters win over
 * the parts before them. No error repeats any part of the URL, because it can hold the password.
 */
export function connectionFromUrl(url: string): Connection {
  const { connection, settings } = readConnectionUrl(url);
  const mode = askedMode(settings);
  const authorities = settings.get("sslrootcert")?.value;
  return {
    ...connection,
    ...(mode === undefined ? {} : { tls: mode === "prefer" ? "require" : mode }),
    ...(authorities === undefined || authorities === "system" ? {} : { tlsCaFile: authorities }),
  };
}

/** The parts of a connection URL, and its TLS parameters. */
export function readConnectionUrl(url: string): { connection: Connection; settings: TlsSettings } {
  const [base = "", query = ""] = url.split(/\?(.*)/s);
  requireReadable(base, query);
  const { target, tls } = separateParameters(query);
  const settings = settingsOfUrl(tls);
  requireEnforceable(settings);
  const connection = withoutAbsent({
    ...partsOf(base, target.has("host")),
    ...withoutAbsent({
      host: target.get("host"),
      port: numberIn(target, "port"),
      database: target.get("dbname"),
      user: target.get("user"),
      password: target.get("password"),
      schema: target.get("schema"),
      options: optionsOf(target),
      connectTimeoutSeconds: timeoutOf(target),
    }),
  });
  requireParts(connection);
  return { connection, settings };
}

function partsOf(base: string, isHostElsewhere: boolean): Connection {
  const { scheme, credentials, server, path } = splitBase(base);
  if (server.endsWith(":")) throw incomplete("port");
  const isHostless = server === "" || server.startsWith(":");
  if (isHostless && !isHostElsewhere && credentials + server !== "") throw incomplete("host");
  // The parser does not read a port without a host.
  const { host, port, user, password } = parseBase(
    `${scheme}${credentials}${isHostless ? "none" : ""}${server}`,
  );
  return {
    host: isHostless ? undefined : (host ?? undefined),
    port: port ? Number(port) : undefined,
    // The parser leaves an encoded slash unchanged.
    database: decoded(path),
    // The parser returns an empty text for a missing part, which would hide the default.
    user: user === "" ? undefined : user,
    password: password === "" ? undefined : password,
  };
}

interface Base {
  scheme: string;
  /** User and password with their `@`, if there are any. */
  credentials: string;
  /** Host and port. */
  server: string;
  path: string;
}

function splitBase(base: string): Base {
  const [, scheme = "", credentials = "", server = "", path = ""] =
    /^(\w+:\/\/)([^/]*@)?([^/]*)\/?(.*)$/s.exec(base) ?? [];
  return { scheme, credentials, server, path };
}

function requireReadable(base: string, query: string): void {
  if (!/^postgres(ql)?:\/\//.test(base)) throw unreadableUrl("it does not begin with postgresql://");
  // An @ after the first slash means that a password holds a slash; its rest would be taken for a host.
  if (/^\w+:\/\/[^/]*\/.*@/s.test(base) || base.includes("#")) throw unreadableUrl(percentEncode);
  const { credentials, server, path } = splitBase(base);
  // The same applies to a password with a question mark.
  if (credentials + path === "" && server.includes(":") && query.includes("@"))
    throw unreadableUrl(percentEncode);
  if (server.includes(",")) throw severalHosts();
}

function parseBase(base: string): ReturnType<typeof parse> {
  try {
    return parse(base);
  } catch {
    // The parser's own error holds the URL with the password, so it is not kept as a cause.
    throw unreadableUrl(percentEncode);
  }
}

/** A program may have made the text of a missing value. */
function requireParts(connection: Connection): void {
  for (const member of ["host", "port", "database", "user", "schema"] as const) {
    const value = connection[member];
    if (value !== undefined && /^(?:undefined|null|NaN|\[object Object\])$/.test(String(value)))
      throw incomplete(member);
  }
}

function incomplete(part: string): ConnectionError {
  return new ConnectionError(
    "CONNECTION_INCOMPLETE",
    `The ${part} in the connection URL is empty or undefined. Correct the output or variable that it comes from` +
      `${part === "host" ? ", or write ?host= with the directory of a Unix socket" : ""}.`,
  );
}

function numberIn(parameters: UrlParameters, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  if (value.includes(",")) throw severalHosts();
  if (!/^-?\d+$/.test(value))
    throw parameterError(`${name} of the connection URL is not a whole number. Correct it.`);
  return Number(value);
}

/** As in libpq and Prisma, 0 waits without limit. */
function timeoutOf(parameters: UrlParameters): number | undefined {
  const seconds = numberIn(parameters, "connect_timeout");
  return seconds === undefined ? undefined : Math.max(seconds, 0);
}

function optionsOf(parameters: UrlParameters): string | undefined {
  const options = parameters.get("options");
  const searchPath = parameters.get("search_path");
  const name = parameters.get("application_name") ?? parameters.get("fallback_application_name");
  if (searchPath !== undefined && settingsInOptions(options).has("search_path"))
    throw parameterError(
      "The connection URL gives search_path and sets it in options too. Leave one of them.",
    );
  const parts = [
    ...(options === undefined ? [] : [options]),
    ...(searchPath === undefined ? [] : [optionOf("search_path", searchPath)]),
    ...(name === undefined ? [] : [optionOf("application_name", name)]),
  ];
  return parts.length === 0 ? undefined : parts.join(" ");
}

function decoded(path: string): string | undefined {
  if (path === "") return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    throw unreadableUrl(percentEncode);
  }
}

function withoutAbsent(connection: Connection): Connection {
  return Object.fromEntries(Object.entries(connection).filter(([, value]) => value !== undefined));
}

const percentEncode =
  "percent-encode special characters of user name, password and database (@ is %40, / is %2F, : is %3A, # is %23)";

/** A run needs one server, and other tools that take part do not know which of several libpq chooses. */
export function severalHosts(): ConnectionError {
  return new ConnectionError(
    "CONNECTION_SEVERAL_HOSTS",
    "The connection names several hosts, which is not supported, because a backup and a run must reach the same server. " +
      "Name only the primary, or an address that leads to it, and remove target_session_attrs and load_balance_hosts.",
  );
}

function unreadableUrl(reason: string): ConnectionError {
  return new ConnectionError("CONNECTION_URL_UNREADABLE", `The connection URL cannot be read: ${reason}.`);
}
