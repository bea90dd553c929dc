import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { drizzle as drizzleBefore1 } from "drizzle-orm/node-postgres";
import { migrate as migrateBefore1 } from "drizzle-orm/node-postgres/migrator";
import { drizzle } from "drizzle-orm-1/node-postgres";
import { migrate as migrateDrizzle } from "drizzle-orm-1/node-postgres/migrator";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { type FolderFormat, readFolder } from "../../../engine/index.ts";
import { ledgerOf } from "../../../engine/formats/formats.ts";
import { dbmateProgram } from "../../dbmate.ts";
import { openTarget, type Target } from "../target.ts";
import { copyWithout, cutJournal, fixture, migrate, pendingNames } from "./fixture.ts";

type Address = Target["connection"];

/** A tool that runs here, as its users run it. */
interface Tool {
  format: FolderFormat;
  /** Applies what is pending; gives the names of what it applied, or how many. */
  up(address: Address, dir: string): Promise<unknown>;
  /** What `up` gives where nothing is pending. */
  nothing: unknown;
  /** Rolls the last migration back; undefined where the tool cannot. */
  down?: (address: Address, dir: string) => Promise<unknown>;
  /** Files of the folder that are left out at first. */
  later: RegExp;
  rows: string;
}

function urlOf({ host, port, user, password, database }: Address): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}?sslmode=disable`;
}

async function dbmate(address: Address, dir: string, command: string): Promise<string> {
  const options = ["--url", urlOf(address), "--migrations-dir", dir, "--no-dump-schema", command];
  const { stdout } = await promisify(execFile)(dbmateProgram, options);
  return stdout.replaceAll(/ in [\d.]+\S+/g, "");
}

async function nodePgMigrate(address: Address, dir: string, direction: "up" | "down"): Promise<string[]> {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  // A session of its own would still be on its way out when the database is dropped, and complain to nobody.
  const dbClient = new pg.Client({ connectionString: urlOf(address) });
  await dbClient.connect();
  try {
    const done = await runner({
      dbClient,
      dir,
      direction,
      migrationsTable: "pgmigrations",
      logger: quiet,
      ...(direction === "down" ? { count: 1 } : {}),
    });
    return done.map(({ name }) => name);
  } finally {
    await dbClient.end();
  }
}

async function withPool<Result>(address: Address, use: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
  const pool = new pg.Pool({ connectionString: urlOf(address) });
  // A session of the pool can still be on its way out when the database is dropped.
  pool.on("error", () => undefined);
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

const drizzleRows = "SELECT * FROM drizzle.__drizzle_migrations ORDER BY id";

const tools: readonly Tool[] = [
  {
    format: "dbmate",
    up: (address, dir) => dbmate(address, dir, "up"),
    nothing: "",
    down: (address, dir) => dbmate(address, dir, "rollback"),
    later: /_(total|index|notes)_/,
    rows: "SELECT * FROM schema_migrations ORDER BY version",
  },
  {
    format: "node-pg-migrate",
    up: (address, dir) => nodePgMigrate(address, dir, "up"),
    nothing: [],
    down: (address, dir) => nodePgMigrate(address, dir, "down"),
    later: /_(total|index|notes)-/,
    rows: "SELECT id, name FROM pgmigrations ORDER BY id",
  },
  {
    format: "drizzle-journal",
    up: (address, migrationsFolder) =>
      withPool(address, (pool) => migrateBefore1(drizzleBefore1(pool), { migrationsFolder })),
    nothing: undefined,
    later: /_(total|index|notes)_/,
    rows: drizzleRows,
  },
  {
    format: "drizzle",
    up: (address, migrationsFolder) =>
      withPool(address, (client) => migrateDrizzle(drizzle({ client }), { migrationsFolder })),
    nothing: undefined,
    later: /_(total|index|notes)_/,
    rows: drizzleRows.replace("*", "id, hash, created_at, name"),
  },
];

async function firstPart(t: TestContext, { format, later }: Tool): Promise<string> {
  const dir = await copyWithout(t, format, later);
  if (format === "drizzle-journal") await cutJournal(dir, 2);
  return dir;
}

for (const tool of tools) {
  const { format, rows } = tool;
  const dir = fixture(format);

  test(`${format}: the tool begins, this package goes on, and the tool finds nothing to do`, async (t) => {
    const whole = await openTarget(t);
    await tool.up(whole.connection, dir);
    const target = await openTarget(t);
    await tool.up(target.connection, await firstPart(t, tool));

    const { migrations } = await readFolder({ dir });
    const { applied } = await migrate(target.database, dir);
    assert.deepEqual(
      applied,
      migrations.slice(2).map(({ name }) => name),
    );
    assert.deepEqual(await target.database.query(rows), await whole.database.query(rows));
    assert.deepEqual(await tool.up(target.connection, dir), tool.nothing);
  });

  test(`${format}: this package begins, and the tool goes on`, async (t) => {
    const { database, connection } = await openTarget(t);
    await migrate(database, await firstPart(t, tool));
    await tool.up(connection, dir);
    assert.deepEqual(await pendingNames(database, dir), []);
    assert.equal((await database.query(rows)).length, 5);
  });

  if (tool.down === undefined) continue;

  test(`${format}: the tool rolls back what this package has applied, and the other way round`, async (t) => {
    const { database, connection } = await openTarget(t);
    await migrate(database, dir);
    const names = (await readFolder({ dir })).migrations.map(({ name }) => name);
    await tool.down?.(connection, dir);
    assert.deepEqual(await pendingNames(database, dir), names.slice(4));

    const { rolledBack } = await migrate(database, dir, { target: names[1] });
    assert.deepEqual(rolledBack, [names[3], names[2]]);
    await tool.up(connection, dir);
    assert.deepEqual(await pendingNames(database, dir), []);
  });
}

test("node-pg-migrate does not run while this package holds its lock", async (t) => {
  const { database, connection } = await openTarget(t);
  const key = ledgerOf("node-pg-migrate").lockKey(database.address);
  await database.query("SELECT pg_advisory_lock($1)", [key]);
  await assert.rejects(
    nodePgMigrate(connection, fixture("node-pg-migrate"), "up"),
    /Another migration is already running/,
  );
});
