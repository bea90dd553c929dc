import assert from "node:assert/strict";
import { test } from "node:test";
import { FolderError, type FolderFormat, planRun, readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";
import { dbmate, type Files, goose, journal, nodePgMigrate } from "./format-examples.ts";

test("files that could be of several formats are not guessed at", async (t) => {
  const dir = await createFiles(t, { "20260101000000_a.sql": "" });
  await assert.rejects(
    readFolder({ dir }),
    refusal(/more than one format.*: supabase, numbered\. Name .* format: "supabase"/),
  );
  assert.equal((await readFolder({ dir, format: "supabase" })).migrations[0]?.key, "20260101000000");
  assert.equal((await readFolder({ dir, format: "numbered" })).migrations[0]?.key, "20260101000000");
});

const refused: readonly [FolderFormat, Files, RegExp][] = [
  [
    "dbmate",
    { "1_a.sql": dbmate, "01_b.sql": dbmate, "1_c.sql": dbmate },
    /1_c\.sql and 1_a\.sql .* version, 1/,
  ],
  ["dbmate", { "init.sql": dbmate }, /init\.sql: dbmate ignores it/],
  ["dbmate", { "1_a.sql": dbmate, "2_b\nc.sql": dbmate }, /2_b\nc\.sql: dbmate ignores it/],
  ["dbmate", { "1_a.sql": "SELECT 1;\n" }, /1_a\.sql:1: "-- migrate:up" is missing/],
  ["dbmate", { "1_a.sql": "-- migrate:up\nSELECT 1;\n" }, /1_a\.sql:1: "-- migrate:down" is missing/],
  ["dbmate", { "1_a.sql": `\n${dbmate.replace(":down", ": down")}` }, /:4: -- migrate: down is not a marker/],
  [
    "dbmate",
    { "1_a.sql": dbmate.replace("-- migrate:down", "  -- migrate:down") },
    /:3: -- migrate:down is not a marker/,
  ],
  [
    "dbmate",
    { "1_a.sql": "-- migrate:down\n-- migrate:up\n" },
    /:1: "-- migrate:up" is missing, or comes after/,
  ],
  ["dbmate", { "1_a.sql": dbmate + dbmate }, /:5: The file has more than one pair/],
  ["dbmate", { "1_a.sql": `SELECT 0;\n${dbmate}` }, /:1: Statements precede -- migrate:up/],
  [
    "dbmate",
    { "1_a.sql": dbmate.replace("up", "up transaction: false") },
    /:1: dbmate does not understand transaction:/,
  ],
  ["goose", { "1_a.sql": goose, "0001_b.sql": goose }, /have the same version, 1/],
  ["goose", { "1_a.sql": goose, "2_b.go": "" }, /2_b\.go: only your own program can run a migration in Go/],
  ["goose", { "a.sql": goose }, /a\.sql: goose refuses a name/],
  ["goose", { "1_a.sql": "SELECT 1;" }, /:1: "-- \+goose Up" is missing/],
  ["goose", { "1_a.sql": goose.replace("Down", "Dwon") }, /:3: -- \+goose Dwon is not an annotation/],
  [
    "goose",
    { "1_a.sql": ` ${goose}` },
    /:1: -- \+goose Up is not an annotation of goose\. .* beginning of the line/,
  ],
  ["goose", { "1_a.sql": goose.replace("Up", "Up\n-- +goose ENVSUB ON") }, /:2: Environment variables/],
  ["goose", { "1_a.sql": goose + goose }, /:5: "-- \+goose Up" and "-- \+goose Down" may each occur/],
  ["golang-migrate", { "1_a.up.sql": "", "01_b.up.sql": "" }, /have the same version, 1/],
  ["golang-migrate", { "1_a.up.sql": "", "2_b.down.sql": "" }, /2_b\.down\.sql: It has no \.up\.sql/],
  ["golang-migrate", { "1_a.up.sql": "", "2_b.sql": "" }, /2_b\.sql: golang-migrate ignores it/],
  [
    "node-pg-migrate",
    { "1_a.sql": nodePgMigrate, "2_b.ts": "" },
    /2_b\.ts: Only the tool itself can run migrations in JavaScript/,
  ],
  ["node-pg-migrate", { "a.sql": nodePgMigrate }, /a\.sql: node-pg-migrate refuses a name/],
  ["node-pg-migrate", { "1_a.sql": "SELECT 1;\n-- Down Migration\n" }, /:2: "-- Up Migration" is missing/],
  ["supabase", { "a.sql": "" }, /a\.sql: Supabase ignores it/],
  [
    "supabase",
    { "-20200101000000_init.sql": "", "1_a.sql": "" },
    /-20200101000000_init\.sql: Supabase ignores it/,
  ],
  ["supabase", { "1_a.sql": "", "1_b.sql": "" }, /have the same version, 1/],
  ["numbered", { "1_a.sql": "", "b.sql": "" }, /b\.sql: Its name does not begin with a number/],
  ["numbered", { "1_a.sql": "", "2_b.down.sql": "" }, /There is no 2_b\.sql that it rolls back/],
  ["numbered", { "1_a.sql": "", "01_b.sql": "" }, /have the same version, 1/],
  ["diesel", { "1_a/up.sql": "", "2_b/down.sql": "" }, /2_b: It has no up\.sql.*Restore up\.sql/],
  ["diesel", { "1_a/up.sql": "", "2_b.sql": "" }, /2_b\.sql: diesel ignores it/],
  ["diesel", { "1_a/up.sql": "", "1-_b/up.sql": "" }, /have the same version, 1/],
  ["diesel", {}, /There is no migration in/],
  ["sqlx", { "1_a.sql": "", "01_b.sql": "" }, /have the same version, 1/],
  ["sqlx", { "1_a.sql": "", "1_a.up.sql": "" }, /have the same version, 1/],
  ["sqlx", { "1_a.sql": "", "x_b.sql": "" }, /x_b\.sql: sqlx ignores or refuses it/],
  ["sqlx", { "1_a.sql": "", "2.sql": "" }, /2\.sql: sqlx ignores or refuses it/],
  ["sqlx", { "1_a.down.sql": "" }, /1_a\.down\.sql: There is no \.up\.sql that it reverts/],
  ["sqlx", {}, /There is no migration in/],
  ["flyway", { "V1__a.sql": "", "V1_0__b.sql": "" }, /have the same version, 1/],
  ["flyway", { "V1__a.sql": "", "V2_b.sql": "" }, /V2_b\.sql: Flyway ignores it/],
  ["flyway", { "V1__a.sql": "", "U2__a.sql": "" }, /U2__a\.sql: There is no V2__/],
  ["flyway", { "V1__a.sql": "", "V3__b.sql": "", "U2__a.sql": "" }, /U2__a\.sql: There is no V2__/],
  ["flyway", { "V1__a.sql": "", "U1__a.sql": "", "U1_0__b.sql": "" }, /have the same version, 1/],
  ["flyway", { "V1__a.sql": "", "B1__a.sql": "" }, /B1__a\.sql: a baseline migration/],
  [
    "flyway",
    { "V1__a.sql": "", "afterMigrate.sql": "" },
    /afterMigrate\.sql: callbacks of Flyway are not run/,
  ],
  [
    "flyway",
    { "V1__a.sql": "SELECT 1;\nSELECT '${who}';" },
    /V1__a\.sql:2: Flyway would replace \$\{who\} with a value/,
  ],
  ["drizzle-journal", { "meta/_journal.json": journal(1) }, /lists 0000_x, but .*0000_x\.sql does not exist/],
  [
    "drizzle-journal",
    { "meta/_journal.json": journal(2, 1) },
    /dates 0001_x \(when: 1\) not later than its predecessor 0000_x/,
  ],
  ["drizzle-journal", { "meta/_journal.json": "{" }, /_journal\.json is not a journal of Drizzle/],
  ["drizzle-journal", { "meta/_journal.json": '{"dialect":"mysql","entries":[]}' }, /says dialect mysql/],
  [
    "drizzle",
    { "a/migration.sql": "", "a/snapshot.json": "" },
    /does not begin with a time of fourteen digits/,
  ],
];

for (const [format, files, message] of refused)
  test(`${format} refuses ${JSON.stringify(files).slice(0, 90)}`, async (t) => {
    const dir = await createFiles(t, files);
    await assert.rejects(
      readFolder({ dir, format }).then((folder) => planRun({ folder })),
      refusal(message),
    );
  });

for (const format of [
  "dbmate",
  "goose",
  "golang-migrate",
  "node-pg-migrate",
  "supabase",
  "numbered",
  "flyway",
  "drizzle",
] as const)
  test(`${format} without a migration is refused, and what is expected is said`, async (t) => {
    const dir = await createFiles(t, { "readme.md": "" });
    await assert.rejects(readFolder({ dir, format }), refusal(/no migration in .* Expected is .*\.sql/));
  });

function refusal(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FolderError);
    assert.match(error.message, message);
    return true;
  };
}
