import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { dirname } from "node:path";
import { after, before } from "node:test";
import { startEmbeddedServer, stopEmbeddedServer } from "../scripts/embedded-postgres.ts";

/**
 * Puts the databases of a test file on a server that the system's pg_dump can dump. That is the test run's server if it
 * is the system's own, else one that is started for this file.
 */
export function useDumpableServer(): void {
  const given = process.env["TEST_POSTGRES_PROGRAMS"];
  // pg_dump refuses servers that are newer than itself.
  if (given !== undefined && majorOf(given, "postgres") <= majorOf(systemPrograms(), "pg_dump")) return;
  const name = `dump-${process.pid}`;
  before(async () => {
    const server = await startEmbeddedServer({
      name,
      programs: systemPrograms(),
      settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
    });
    process.env["TEST_PGHOST"] = server.host;
    process.env["TEST_PGPORT"] = String(server.port);
    process.env["TEST_PGUSER"] = server.user;
    process.env["TEST_PGPASSWORD"] = server.password;
  });
  after(() => stopEmbeddedServer(name));
}

function majorOf(folder: string, program: string): number {
  const printed = execFileSync(`${folder}/${program}`, ["--version"], { encoding: "utf8" });
  return Number(/ (\d+)/.exec(printed)?.[1]);
}

/** The folder of the system's PostgreSQL programs, server and clients. */
export function systemPrograms(): string {
  const given = process.env["TEST_POSTGRES_PROGRAMS"];
  // Servers from npm lack pg_dump.
  if (given !== undefined && existsSync(`${given}/pg_dump`)) return given;
  const found = globSync("/usr/{lib/postgresql,pgsql-}*/{,*/}bin/initdb")
    .concat(globSync("/{usr/local,opt/homebrew}/opt/postgresql@*/bin/initdb"))
    .map(dirname)
    .find((folder) =>
      ["pg_ctl", "pg_dump", "pg_restore"].every((program) => existsSync(`${folder}/${program}`)),
    );
  if (found !== undefined) return found;
  throw new Error(
    "This test needs the system's PostgreSQL with its pg_dump. Install it: apt-get install postgresql.",
  );
}
