// What an application sees of a migration that waits for a lock: a client reads a table every 10 ms while a reader in
// a transaction of 6 seconds holds up an ALTER of that table.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { globalSetup, globalTeardown } from "../test/postgres-server.ts";
import { engineAsProcess } from "./engine-contestants.ts";
import { CleanUp } from "./harness.ts";
import type { MigrationScript } from "./migration-script.ts";
import { dbmate } from "./peers/dbmate.ts";
import type { Peer } from "./peers/peer.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const rounds = 3;
const readerMs = 6_000;
const pauseMs = 10;

const script: MigrationScript = {
  version: "20000101000001",
  name: "note",
  sql: "ALTER TABLE gifts ADD COLUMN note text;",
  transaction: true,
};

await globalSetup();
const cleanUp = new CleanUp();
try {
  console.log(
    `\na client reading every ${pauseMs} ms, a reader of ${readerMs} ms, an ALTER TABLE; ${rounds} rounds\n`,
  );
  console.log(
    "| migrated by | round | worst wait ms | reads above 100 ms | reads | until migrated ms |\n| --- | ---: | ---: | ---: | ---: | ---: |",
  );
  for (let round = 1; round <= rounds; round++)
    for (const peer of [engineAsProcess, dbmate]) {
      const { waits, migratedMs } = await migrateBeside(peer);
      const figures = [
        Math.max(...waits),
        waits.filter((wait) => wait > 100).length,
        waits.length,
        migratedMs,
      ];
      console.log(`| ${[peer.name, round, ...figures.map((figure) => figure.toFixed(0))].join(" | ")} |`);
    }
} finally {
  await cleanUp.run();
  await globalTeardown();
}

/** Migrates while others read; gives how long each read took. */
async function migrateBeside(peer: Peer): Promise<{ waits: number[]; migratedMs: number }> {
  const dir = await temporaryFolder(cleanUp);
  await peer.write([script], dir);
  const database = await createTestDatabase(cleanUp);
  const client = await session(database);
  const reader = await session(database);
  // The ledgers are there already, and one migration is applied: else this package takes the table for a foreign one.
  await preparedBy(peer, database);
  await client.query("CREATE TABLE gifts (id int); INSERT INTO gifts SELECT generate_series(1, 100)");
  const stop = { wanted: false };
  const reading = readUntil(client, stop);
  await reader.query("BEGIN");
  await reader.query("SELECT count(*) FROM gifts");
  const startedAt = performance.now();
  const migrating = peer.apply(database, dir).then(() => performance.now() - startedAt);
  await sleep(readerMs);
  await reader.query("COMMIT");
  const migratedMs = await migrating;
  stop.wanted = true;
  const waits = await reading;
  await Promise.all([client.end(), reader.end()]);
  return { waits, migratedMs };
}

async function preparedBy(peer: Peer, database: TestDatabase): Promise<void> {
  const dir = await temporaryFolder(cleanUp);
  await peer.write([{ ...script, version: "20000101000000", name: "nothing", sql: "SELECT 1;" }], dir);
  await peer.apply(database, dir);
}

async function readUntil(client: pg.Client, stop: { wanted: boolean }): Promise<number[]> {
  const waits: number[] = [];
  while (!stop.wanted) {
    const startedAt = performance.now();
    await client.query("SELECT count(*) FROM gifts");
    waits.push(performance.now() - startedAt);
    await sleep(pauseMs);
  }
  return waits;
}

async function session(database: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ ...database });
  await client.connect();
  return client;
}
