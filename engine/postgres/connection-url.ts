import { parse } from "pg-connection-string";
import type { Connection } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";
import { askedMode } from "./tls-mode.ts";
import { requireEnforceable, settingsOfUrl, type TlsSettings } from "./tls-settings.ts";

/**
 * Reads a connection URL, with `schema` and those that ask for TLS among its parameters; others are left to the tools
 * they belong to. No error repeats any part of the URL, since it can hold the password.
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

/** The parts of a connection URL, and what its parameters ask of TLS. */
export function readConnectionUrl(url: string): { connection: Connection; settings: TlsSettings } {
  const { parameters, rest } = separateParameters(url);
  const { host, port, database, user, password } = parseUrl(rest);
  const settings = settingsOfUrl(parameters);
  requireEnforceable(settings);
  const connection: Connection = Object.fromEntries(
    Object.entries({
      host: host ?? undefined,
      port: port ? Number(port) : undefined,
      database: database ?? undefined,
      // The parser gives an empty text for what the URL leaves out, which would hide the defaults.
      user: user === "" ? undefined : user,
      password: password === "" ? undefined : password,
      schema: parameters.get("schema") ?? undefined,
    }).filter(([, value]) => value !== undefined),
  );
  return { connection, settings };
}

function separateParameters(url: string): { parameters: URLSearchParams; rest: string } {
  const question = url.indexOf("?");
  const parameters = new URLSearchParams(question < 0 ? "" : url.slice(question + 1));
  const host = parameters.get("host");
  const base = question < 0 ? url : url.slice(0, question);
  return { parameters, rest: host === null ? base : `${base}?host=${encodeURIComponent(host)}` };
}

function parseUrl(url: string): ReturnType<typeof parse> {
  if (!/^postgres(ql)?:\/\//.test(url)) throw unreadableUrl("it does not begin with postgresql://");
  // An @ behind the first slash means that a password holds a slash, and its rest would be taken for a host.
  if (/^\w+:\/\/[^/]*\/.*@/s.test(url)) throw unreadableUrl(percentEncode);
  try {
    return parse(url);
  } catch {
    // The parser's own error holds the URL, and with it the password: it is not kept as a cause.
    throw unreadableUrl(percentEncode);
  }
}

const percentEncode =
  "percent-encode special characters of user name, password and database (@ is %40, / is %2F, : is %3A, # is %23)";

function unreadableUrl(reason: string): ConnectionError {
  return new ConnectionError("CONNECTION_URL_UNREADABLE", `The connection URL cannot be read: ${reason}.`);
}
