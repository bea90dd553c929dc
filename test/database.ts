import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import pg from "pg";

/** An empty database of one test, with the superuser's connection. */
export interface TestDatabase {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** Creates a database for one test. It is dropped after the test together with its connections. */
export async function createTestDatabase(t: Pick<TestContext, "after">): Promise<TestDatabase> {
  const server = testServer();
  const database = `test_${randomBytes(8).toString("hex")}`;
  await execute(server, `create database ${database} template template0`);
  t.after(() => execute(server, `drop database if exists ${database} with (force)`));
  return { ...server, database };
}

function testServer(): Omit<TestDatabase, "database"> {
  return {
    host: variable("TEST_PGHOST"),
    port: Number(variable("TEST_PGPORT")),
    user: variable("TEST_PGUSER"),
    password: variable("TEST_PGPASSWORD"),
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new Error(
    `${name} is not set: this test needs the PostgreSQL server of test/postgres-server.ts. ` +
      "Run `npm run test:integration`, or give `node --test` the option --test-global-setup=test/postgres-server.ts.",
  );
}

async function execute(server: Omit<TestDatabase, "database">, sql: string): Promise<void> {
  const client = new pg.Client({ ...server, database: "postgres" });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
