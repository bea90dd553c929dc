import { after, before } from "node:test";
import pg from "pg";
import { startEmbeddedServer, stopEmbeddedServer } from "../scripts/embedded-postgres.ts";

/** Why a PostgreSQL library cannot be tested here; false if it can. */
export async function lackOf(library: string): Promise<string | false> {
  const client = new pg.Client({
    host: process.env["TEST_PGHOST"],
    port: Number(process.env["TEST_PGPORT"]),
    user: process.env["TEST_PGUSER"],
    password: process.env["TEST_PGPASSWORD"],
    database: "postgres",
  });
  await client.connect();
  try {
    await client.query(`LOAD '${library}'`);
    return false;
  } catch (error) {
    // undefined_file
    if ((error as pg.DatabaseError).code !== "58P01") throw error;
    return `the PostgreSQL of this test run comes without ${library} (apt-get install postgresql-contrib)`;
  } finally {
    await client.end();
  }
}

/**
 * Puts the databases of a test file on a separate server that loads a library at its start. It has the PostgreSQL of
 * the test run.
 */
export function usePreloadedServer(library: string): void {
  useServerWith({ shared_preload_libraries: library });
}

/** The same with other settings. */
export function useServerWith(settings: Record<string, string>): void {
  const name = `with-settings-${process.pid}`;
  const programs = process.env["TEST_POSTGRES_PROGRAMS"];
  before(async () => {
    const server = await startEmbeddedServer({
      name,
      ...(programs === undefined ? {} : { programs }),
      settings: { fsync: "off", synchronous_commit: "off", ...settings },
    });
    process.env["TEST_PGHOST"] = server.host;
    process.env["TEST_PGPORT"] = String(server.port);
    process.env["TEST_PGUSER"] = server.user;
    process.env["TEST_PGPASSWORD"] = server.password;
  });
  after(() => stopEmbeddedServer(name));
}
