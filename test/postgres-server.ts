import pg from "pg";
import {
  type EmbeddedServer,
  startEmbeddedServer,
  stopEmbeddedServer,
} from "../scripts/embedded-postgres.ts";

// Each run has its own server, so that two runs in one checkout do not stop each other's.
const name = `test-${process.pid}`;

/**
 * Starts the PostgreSQL server of a test run: that of the npm package, or of the programs in the folder
 * TEST_POSTGRES_PROGRAMS. Passes its address to the test processes in the environment.
 */
export async function globalSetup(): Promise<void> {
  const programs = process.env["TEST_POSTGRES_PROGRAMS"];
  const server = await startEmbeddedServer({
    name,
    ...(programs === undefined ? {} : { programs }),
    // Test data need not survive a crash.
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" },
  });
  process.env["TEST_PGHOST"] = server.host;
  process.env["TEST_PGPORT"] = String(server.port);
  process.env["TEST_PGUSER"] = server.user;
  process.env["TEST_PGPASSWORD"] = server.password;
  process.env["TEST_POSTGRES_VERSION"] = await majorVersion(server);
}

async function majorVersion({ host, port, user, password }: EmbeddedServer): Promise<string> {
  const client = new pg.Client({ host, port, user, password, database: "postgres" });
  await client.connect();
  try {
    const { rows } = await client.query<{ major: string }>(
      "SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), '.', 1) AS major",
    );
    return rows[0]?.major ?? "";
  } finally {
    await client.end();
  }
}

/** Stops the server and removes its data. */
export async function globalTeardown(): Promise<void> {
  await stopEmbeddedServer(name);
}
