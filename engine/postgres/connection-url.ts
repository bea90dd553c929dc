import { parse } from "pg-connection-string";
import type { Connection, TlsMode } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";

const tlsModes: Record<string, TlsMode> = {
  disable: "disable",
  // Without verification these three differ only in falling back to clear text, which is never wanted here.
  allow: "require",
  prefer: "require",
  require: "require",
  "verify-ca": "verify-full",
  "verify-full": "verify-full",
};

/**
 * Reads a connection URL, with `schema`, `sslmode` and `sslrootcert` among its parameters; others are
 * left to the tools they belong to. No error repeats any part of the URL, since it can hold the password.
 */
export function connectionFromUrl(url: string): Connection {
  const { parameters, rest } = separateParameters(url);
  const { host, port, database, user, password } = parseUrl(rest);
  const sslmode = parameters.get("sslmode");
  return Object.fromEntries(
    Object.entries({
      host: host ?? undefined,
      port: port ? Number(port) : undefined,
      database: database ?? undefined,
      // The parser gives an empty text for what the URL leaves out, which would hide the defaults.
      user: user === "" ? undefined : user,
      password: password === "" ? undefined : password,
      schema: parameters.get("schema") ?? undefined,
      tls: sslmode === null ? undefined : tlsMode(sslmode),
      tlsCaFile: parameters.get("sslrootcert") ?? undefined,
    }).filter(([, value]) => value !== undefined),
  );
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

function tlsMode(sslmode: string): TlsMode {
  const mode = tlsModes[sslmode];
  if (mode === undefined)
    throw unreadableUrl(`its sslmode is not one of ${Object.keys(tlsModes).join(", ")}`);
  return mode;
}

function unreadableUrl(reason: string): ConnectionError {
  return new ConnectionError("CONNECTION_URL_UNREADABLE", `The connection URL cannot be read: ${reason}.`);
}
