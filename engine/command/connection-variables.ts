import type { Connection } from "../postgres/connection.ts";
import { libpqEnvironment } from "../postgres/libpq-variables.ts";

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
] as const;

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

/** The given URL as it stands, with what its tool alone knows, unless parts of the connection win over it. */
function urlOf(connection: Connection, libpq: Record<string, string>): string {
  const given = connection.url ?? process.env[connection.urlVariable ?? ""];
  if (given !== undefined && partsOfUrl.every((part) => connection[part] === undefined)) return given;
  const parameters = new URLSearchParams(given?.split("?")[1] ?? "");
  const { PGHOST = "", PGPORT = "", PGUSER, PGPASSWORD, PGDATABASE = "" } = libpq;
  const isSocket = PGHOST.startsWith("/");
  parameters.delete("host");
  if (isSocket) parameters.set("host", PGHOST);
  parameters.set("sslmode", libpq["PGSSLMODE"] ?? "disable");
  parameters.delete("sslrootcert");
  if (libpq["PGSSLROOTCERT"] !== undefined) parameters.set("sslrootcert", libpq["PGSSLROOTCERT"]);
  const credentials = [PGUSER, PGPASSWORD].filter((part) => part !== undefined).map(percentEncoded);
  // With a password alone the name before the colon is empty.
  const user =
    PGUSER === undefined && PGPASSWORD !== undefined ? `:${credentials.join("")}` : credentials.join(":");
  const place = isSocket ? "" : `${PGHOST.includes(":") ? `[${PGHOST}]` : PGHOST}:${PGPORT}`;
  if (isSocket) parameters.set("port", PGPORT);
  const at = user === "" ? "" : `${user}@`;
  return `postgresql://${at}${place}/${percentEncoded(PGDATABASE)}?${parameters.toString()}`;
}

/** Beyond what `encodeURIComponent` does: a quote would end the word in which a shell script has the URL. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
