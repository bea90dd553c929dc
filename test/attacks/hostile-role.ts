import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import pg from "pg";
import { createTestDatabase, type TestDatabase } from "../database.ts";

/** A database with an attacker: a role without attributes that may create objects in `public`. */
export interface AttackedDatabase {
  /** The superuser that migrates: the victim. */
  victim: TestDatabase;
  /** The attacking role. */
  attacker: TestDatabase;
  /** Runs a script as the attacker, in a separate session. */
  attack: (script: string) => Promise<void>;
  /** Runs a query as a superuser, in a separate session. */
  inspect: <Row extends object>(sql: string) => Promise<Row[]>;
  /** True if the attacker has become a superuser. */
  isSuperuser: () => Promise<boolean>;
}

/** The body of an SQL function that makes its author a superuser if a superuser runs it. */
export function promotion({ user }: TestDatabase): string {
  return `IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE 'ALTER ROLE "${user}" SUPERUSER'; END IF;`;
}

/**
 * Creates a database for one test, with a role that may create objects in `public`, as every role could before
 * PostgreSQL 15.
 */
export async function createAttackedDatabase(t: TestContext): Promise<AttackedDatabase> {
  const user = `attacker_${randomBytes(6).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  const created = await createTestDatabase(t);
  // After the database, because a role can only be dropped when it owns nothing.
  t.after(() => execute({ ...created, database: "postgres" }, `DROP ROLE IF EXISTS "${user}"`));
  await execute(
    created,
    `CREATE ROLE "${user}" LOGIN PASSWORD '${password}'; GRANT CREATE, USAGE ON SCHEMA public TO "${user}"`,
  );
  const attacker = { ...created, user, password };
  return {
    victim: created,
    attacker,
    attack: async (script) => {
      await execute(attacker, script);
    },
    inspect: (sql) => execute(created, sql),
    isSuperuser: async () => {
      const [role] = await execute<{ rolsuper: boolean }>(
        created,
        `SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = '${user}'`,
      );
      return role?.rolsuper ?? false;
    },
  };
}

async function execute<Row extends object>(database: TestDatabase, sql: string): Promise<Row[]> {
  const client = new pg.Client({ ...database });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
