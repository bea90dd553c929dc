import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { planRun, readFolder } from "../../../engine/index.ts";
import { ledgerOf } from "../../../engine/formats/formats.ts";
import { openTarget } from "../target.ts";
import { copyWithout, fixture, migrate, pendingNames } from "./fixture.ts";

// The tools themselves cannot be installed from npm. The expected rows are those that their sources write.
const [diesel, sqlx] = [fixture("diesel"), fixture("sqlx/migrations")];

test("diesel's ledger has the versions as diesel writes them, up and down", async (t) => {
  const { database } = await openTarget(t);
  const { applied } = await migrate(database, diesel);
  assert.equal(applied.length, 5);
  const versions = () =>
    database.query(
      "SELECT version, run_on IS NOT NULL AS dated FROM __diesel_schema_migrations ORDER BY version",
    );
  const row = (version: string) => ({ version, dated: true });
  assert.deepEqual(await versions(), [
    row("20260105090000"),
    row("20260112101500"),
    row("20260119083000"),
    row("20260126140500"),
    row("20260202160000"),
  ]);
  await migrate(database, diesel, { target: "2026-01-19-083000_total_of_campaign" });
  assert.equal((await versions()).length, 3);
  // As `diesel migration run` would: a version that comes in late is pending.
  await database.execute("DELETE FROM __diesel_schema_migrations WHERE version = '20260112101500'");
  assert.ok((await pendingNames(database, diesel)).includes("2026-01-12-101500_create_gifts"));
});

test("sqlx's ledger has description, checksum and success as sqlx writes them, up and down", async (t) => {
  const { database } = await openTarget(t);
  await migrate(database, sqlx);
  const [first, ...others] = await database.query<{
    version: string;
    checksum: Buffer;
    execution_time: string;
  }>("SELECT version, description, success, checksum, execution_time FROM _sqlx_migrations ORDER BY version");
  const script = await readFile(join(sqlx, "20260105090000_create_campaigns.sql"));
  const { execution_time: nanoseconds, ...rest } = first ?? {};
  assert.deepEqual(rest, {
    ...{ version: "20260105090000", description: "create campaigns", success: true },
    checksum: createHash("sha384").update(script).digest(),
  });
  assert.ok(BigInt(nanoseconds ?? 0) > 0n);
  assert.equal(others.length, 4);
  const { rolledBack } = await migrate(database, sqlx, { target: "20260119083000_total_of_campaign" });
  assert.deepEqual(rolledBack, ["20260202160000_notes_of_gifts", "20260126140500_index_gifts"]);
});

test("what sqlx has marked as failed, or what was edited since, is told", async (t) => {
  const { database } = await openTarget(t);
  await migrate(database, sqlx);
  await database.execute(`UPDATE _sqlx_migrations SET success = false WHERE version = 20260202160000;
    UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = 20260105090000`);
  const plan = await planRun({ database, folder: await readFolder({ dir: sqlx }) });
  assert.deepEqual(
    plan.failed.map(({ name }) => name),
    ["20260202160000_notes_of_gifts"],
  );
  assert.deepEqual(plan.edited, ["20260105090000_create_campaigns"]);
});

test("a migration without a down script, of either tool, cannot be rolled back", async (t) => {
  const { database } = await openTarget(t);
  const dir = await copyWithout(t, "diesel", /index_gifts[\\/]down\.sql$/);
  await migrate(database, dir);
  await assert.rejects(
    migrate(database, dir, { target: "2026-01-19-083000_total_of_campaign" }),
    /down\.sql/,
  );
});

test("the lock of sqlx is the number that sqlx computes", () => {
  const address = { database: "gifts", schema: "public" };
  assert.equal(ledgerOf("sqlx").lockKey(address), String(0x3d32ad9en * BigInt(crc32("gifts"))));
  assert.equal(ledgerOf("diesel").lockKey(address), "72707369");
});
