import type { Connection } from "../postgres/session/connection.ts";
import { isSocket } from "../postgres/session/loopback.ts";
import { parametersOf } from "../postgres/session/url-parameters.ts";
import { libpqEnvironment } from "../postgres/session/libpq-variables.ts";

/** The parts of a connection that a URL holds as well, and that win over it. */
const partsOfUrl = [
  "host",
  "port",
  "database",
  "user",
  "password",
  "passwordVariable",
  "tls",
  "tlsCa",
  "tlsCaFile",
  "options",
] as const;

/** The parameters of a URL that win over its other parts for libpq, but not for every driver. */
const targetParameters = ["host", "port", "dbname", "user", "password"];

/**
 * libpq from version 16 on can be told to trust what the system trusts; the drivers of most tools have to be given a
 * file, as those before it.
 */
const libpqVersion = 15;

/**
 * The variables by which a tool finds the database: those of libpq, and a URL under the name that it expects. The
 * text of `tlsCa` is written to a file in `folder`, which is the caller's to remove. Rejects with a `ConnectionError`.
 */
export async function connectionVariables(
  connection: Connection,
  { urlVariable, folder }: { urlVariable: string; folder: string },
): Promise<Record<string, string>> {
  const libpq = await libpqEnvironment(connection, { libpqVersion, folder });
  return { ...libpq, [urlVariable]: urlOf(connection, libpq) };
}

/** The parameters by which the URLs of drivers choose the mode of TLS. */
const modeParameters = ["ssl", "sslmode", "sslaccept", "requiressl"];

/** The given URL as it stands, with what its tool alone knows, unless parts of the connection win over it. */
function urlOf(connection: Connection, libpq: Record<string, string>): string {
  const given = connection.url ?? process.env[connection.urlVariable ?? ""];
  const [, query = ""] = given?.split(/\?(.*)/s) ?? [];
  const parameters = parametersOf(query);
  const isWhole =
    partsOfUrl.every((part) => connection[part] === undefined) &&
    targetParameters.every((name) => !parameters.has(name) || isSocketAlone(name, parameters, given));
  const saysMode = modeParameters.some((name) => parameters.has(name));
  if (given !== undefined && isWhole)
    return saysMode || libpq["PGSSLMODE"] === "disable" ? given : withTls(given, libpq);
  const { PGHOST = "", PGPORT = "", PGUSER, PGPASSWORD, PGDATABASE = "" } = libpq;
  const isOnSocket = PGHOST.startsWith("/");
  for (const name of targetParameters) parameters.delete(name);
  if (connection.options !== undefined) parameters.set("options", connection.options);
  if (isOnSocket) parameters.set("host", PGHOST);
  const isStrict = libpq["PGSSLMODE"] === "verify-full" && parameters.get("sslaccept") === "strict";
  for (const name of modeParameters.filter((one) => !(one === "sslaccept" && isStrict)))
    parameters.delete(name);
  parameters.delete("sslrootcert");
  for (const [name, value] of tlsParameters(libpq)) parameters.set(name, value);
  const credentials = [PGUSER, PGPASSWORD].filter((part) => part !== undefined).map(percentEncoded);
  // With a password alone the name before the colon is empty.
  const user =
    PGUSER === undefined && PGPASSWORD !== undefined ? `:${credentials.join("")}` : credentials.join(":");
  const place = isOnSocket ? "" : `${PGHOST.includes(":") ? `[${PGHOST}]` : PGHOST}:${PGPORT}`;
  if (isOnSocket) parameters.set("port", PGPORT);
  const at = user === "" ? "" : `${user}@`;
  return `postgresql://${at}${place}/${percentEncoded(PGDATABASE)}?${queryOf(parameters)}`;
}

/** The directory of a socket can stand in no other place that all drivers know. */
function isSocketAlone(name: string, parameters: URLSearchParams, url = ""): boolean {
  return name === "host" && isSocket(parameters.get("host") ?? "") && /^\w+:\/\/([^/]*@)?\//.test(url);
}

/** A plus sign is a blank to some drivers, and itself to libpq. */
function queryOf(parameters: URLSearchParams): string {
  return parameters.toString().replaceAll("+", "%20");
}

/** What the tool would else decide by itself, and less strictly than the connection. */
function withTls(url: string, libpq: Record<string, string>): string {
  const parameters = new URLSearchParams(tlsParameters(libpq).filter(([name]) => !hasParameter(url, name)));
  return `${url}${url.includes("?") ? "&" : "?"}${queryOf(parameters)}`;
}

function hasParameter(url: string, name: string): boolean {
  return new URLSearchParams(url.split(/\?(.*)/s)[1] ?? "").has(name);
}

function tlsParameters({ PGSSLMODE = "disable", ...libpq }: Record<string, string>): [string, string][] {
  const files = { sslrootcert: "PGSSLROOTCERT", sslcert: "PGSSLCERT", sslkey: "PGSSLKEY" };
  const named = Object.entries(files).flatMap(([parameter, variable]): [string, string][] =>
    libpq[variable] === undefined ? [] : [[parameter, libpq[variable]]],
  );
  return [["sslmode", PGSSLMODE], ...named];
}

/** Beyond what `encodeURIComponent` does: a quote would end the word in which a shell script has the URL. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
