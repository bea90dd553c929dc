import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { FolderError, type FolderFormat, planRun, readFolder } from "../../../../engine/index.ts";
import { makePlan } from "../../../../engine/plan/plan.ts";
import { createFiles } from "../../../migration-folder.ts";

type Files = Readonly<Record<string, string | Buffer>>;

const dbmate = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n";
const goose = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n";
const nodePgMigrate = "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n";
const journal = (...whens: number[]) =>
  JSON.stringify({
    dialect: "postgresql",
    entries: whens.map((when, idx) => ({ idx, when, tag: `000${idx}_x` })),
  });

const detected: readonly [FolderFormat, Files][] = [
  ["drizzle-journal", { "meta/_journal.json": journal(1), "0000_x.sql": "" }],
  ["drizzle", { "20260101000000_a/migration.sql": "", "20260101000000_a/snapshot.json": "{}" }],
  ["prisma", { "20260101000000_a/migration.sql": "", "2_loose.sql": "" }],
  [
    "prisma",
    {
      "20260101000000_a/migration.sql": "",
      "20260101000000_a/snapshot.json": "{}",
      "migration_lock.toml": 'provider = "postgresql"\n',
    },
  ],
  ["flyway", { "V1__a.sql": "", "views/R__b.sql": "" }],
  ["golang-migrate", { "1_a.up.sql": "", "1_a.down.sql": "" }],
  ["goose", { "1_a.sql": goose }],
  ["goose", { "20260101000000_a.sql": `\uFEFF-- By us.\r\n${goose.replaceAll("\n", "\r\n")}` }],
  ["dbmate", { "20260101000000_a.sql": dbmate }],
  ["node-pg-migrate", { "1767690000000_a.sql": nodePgMigrate }],
  ["supabase", { "20260101000000_a.sql": "" }],
  ["numbered", { "001_a.sql": "", "002_b.sql": "", "readme.md": "" }],
];

for (const [format, files] of detected)
  test(`${format} is recognised by ${Object.keys(files).join(", ")}`, async (t) => {
    const root = await createFiles(
      t,
      Object.fromEntries(
        Object.entries(files).map(([name, text]) => [
          format === "supabase" ? `supabase/migrations/${name}` : name,
          text,
        ]),
      ),
    );
    const folder = await readFolder({ dir: format === "supabase" ? `${root}/supabase/migrations/` : root });
    assert.equal(folder.format, format);
    assert.ok(folder.migrations.length > 0);
  });

test("files that could be of several formats are not guessed at", async (t) => {
  const dir = await createFiles(t, { "20260101000000_a.sql": "" });
  await assert.rejects(
    readFolder({ dir }),
    refusal(/more than one format.*: supabase, numbered\. Name .* format: "supabase"/),
  );
  assert.equal((await readFolder({ dir, format: "supabase" })).migrations[0]?.key, "20260101000000");
  assert.equal((await readFolder({ dir, format: "numbered" })).migrations[0]?.key, "20260101000000");
});

const orders: readonly [FolderFormat, string, readonly string[]][] = [
  ["dbmate", dbmate, ["10_a.sql", "2_b.sql", "9_c.sql"]],
  ["goose", goose, ["2_b.sql", "009_c.sql", "10_a.sql"]],
  ["numbered", "", ["2.sql", "09-c.sql", "10_a.sql", "100000000000000000000_z.sql"]],
  ["supabase", "", ["10_a.sql", "2_b.sql", "9_c.sql"]],
  ["node-pg-migrate", "", ["2_b.sql", "10_a.sql", "20200101000000000_d.sql", "1600000000000_c.sql"]],
  ["golang-migrate", "", ["2_b.up.sql", "9_c.up.sql", "10_a.up.sql"]],
  ["flyway", "", ["V1__a.sql", "V1_2__b.sql", "V1.10__c.sql", "V2__d.sql", "R__a.sql", "R__b.sql"]],
];

for (const [format, script, names] of orders)
  test(`${format} orders as its tool does`, async (t) => {
    const files = Object.fromEntries(names.toReversed().map((name) => [name, script]));
    const { migrations } = await readFolder({ dir: await createFiles(t, files), format });
    assert.deepEqual(
      migrations.map(({ file }) => file.split(/[\\/]/).at(-1)),
      names,
    );
  });

const refused: readonly [FolderFormat, Files, RegExp][] = [
  [
    "dbmate",
    { "1_a.sql": dbmate, "01_b.sql": dbmate, "1_c.sql": dbmate },
    /1_c\.sql and 1_a\.sql .* version, 1/,
  ],
  ["dbmate", { "init.sql": dbmate }, /init\.sql: dbmate overlooks it/],
  ["dbmate", { "1_a.sql": "SELECT 1;\n" }, /1_a\.sql:1: "-- migrate:up" is missing/],
  ["dbmate", { "1_a.sql": "-- migrate:up\nSELECT 1;\n" }, /1_a\.sql:1: "-- migrate:down" is missing/],
  ["dbmate", { "1_a.sql": `\n${dbmate.replace(":down", ": down")}` }, /:4: -- migrate: down is no marker/],
  [
    "dbmate",
    { "1_a.sql": dbmate.replace("-- migrate:down", "  -- migrate:down") },
    /:3: -- migrate:down is no marker/,
  ],
  [
    "dbmate",
    { "1_a.sql": "-- migrate:down\n-- migrate:up\n" },
    /:1: "-- migrate:up" is missing, or comes after/,
  ],
  ["dbmate", { "1_a.sql": dbmate + dbmate }, /:5: The file has more than one pair/],
  ["dbmate", { "1_a.sql": `SELECT 0;\n${dbmate}` }, /:1: Statements stand before -- migrate:up/],
  [
    "dbmate",
    { "1_a.sql": dbmate.replace("up", "up transaction: false") },
    /:1: dbmate does not understand transaction:/,
  ],
  ["goose", { "1_a.sql": goose, "0001_b.sql": goose }, /have the same version, 1/],
  ["goose", { "1_a.sql": goose, "2_b.go": "" }, /2_b\.go: a migration in Go/],
  ["goose", { "a.sql": goose }, /a\.sql: goose refuses a name/],
  ["goose", { "1_a.sql": "SELECT 1;" }, /:1: "-- \+goose Up" is missing/],
  ["goose", { "1_a.sql": goose.replace("Down", "Dwon") }, /:3: -- \+goose Dwon is no annotation/],
  [
    "goose",
    { "1_a.sql": ` ${goose}` },
    /:1: -- \+goose Up is no annotation of goose: .* beginning of the line/,
  ],
  [
    "goose",
    { "1_a.sql": goose.replace("Up", "Up\n-- +goose ENVSUB ON") },
    /:2: Variables of the environment/,
  ],
  ["goose", { "1_a.sql": goose + goose }, /:5: "-- \+goose Up" and "-- \+goose Down" may each stand/],
  ["golang-migrate", { "1_a.up.sql": "", "01_b.up.sql": "" }, /have the same version, 1/],
  ["golang-migrate", { "1_a.up.sql": "", "2_b.down.sql": "" }, /2_b\.down\.sql: It has no \.up\.sql/],
  ["golang-migrate", { "1_a.up.sql": "", "2_b.sql": "" }, /2_b\.sql: golang-migrate overlooks it/],
  ["node-pg-migrate", { "1_a.sql": nodePgMigrate, "2_b.ts": "" }, /2_b\.ts: Migrations in JavaScript/],
  ["node-pg-migrate", { "a.sql": nodePgMigrate }, /a\.sql: node-pg-migrate refuses a name/],
  ["node-pg-migrate", { "1_a.sql": "SELECT 1;\n-- Down Migration\n" }, /:2: "-- Up Migration" is missing/],
  ["supabase", { "a.sql": "" }, /a\.sql: Supabase overlooks it/],
  ["supabase", { "1_a.sql": "", "1_b.sql": "" }, /have the same version, 1/],
  ["numbered", { "1_a.sql": "", "b.sql": "" }, /b\.sql: Its name does not begin with a number/],
  ["numbered", { "1_a.sql": "", "2_b.down.sql": "" }, /There is no 2_b\.sql that it rolls back/],
  ["numbered", { "1_a.sql": "", "01_b.sql": "" }, /have the same version, 1/],
  ["flyway", { "V1__a.sql": "", "V1_0__b.sql": "" }, /have the same version, 1/],
  ["flyway", { "V1__a.sql": "", "V2_b.sql": "" }, /V2_b\.sql: Flyway overlooks it/],
  ["flyway", { "V1__a.sql": "", "U2__a.sql": "" }, /U2__a\.sql: There is no V2__/],
  ["flyway", { "V1__a.sql": "", "B1__a.sql": "" }, /B1__a\.sql: a baseline migration/],
  [
    "flyway",
    { "V1__a.sql": "", "afterMigrate.sql": "" },
    /afterMigrate\.sql: callbacks of Flyway are not run/,
  ],
  [
    "flyway",
    { "V1__a.sql": "SELECT 1;\nSELECT '${who}';" },
    /V1__a\.sql:2: Flyway would put a value in the place of \$\{who\}/,
  ],
  ["drizzle-journal", { "meta/_journal.json": journal(1) }, /lists 0000_x, but there is no .*0000_x\.sql/],
  [
    "drizzle-journal",
    { "meta/_journal.json": journal(2, 1) },
    /dates 0001_x \(when: 1\) not later than 0000_x/,
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

for (const [format, files] of [
  ["dbmate", { "1_a.sql": "SELECT 1;\n", "2_b.sql": "-- migrate:up\n-- migrate:down\n" }],
  ["goose", { "1_a.sql": "SELECT 1;\n", "2_b.sql": goose }],
  ["golang-migrate", { "1_a.up.sql": "", "1_a.down.sql": "", "2_b.up.sql": "" }],
  ["node-pg-migrate", { "1_a.sql": "-- Down Migration\n", "2_b.sql": nodePgMigrate }],
  ["supabase", { "1_a.sql": "", "2_b.sql": "" }],
] as const)
  test(`${format}, whose ledger knows names alone, is not opened where it is applied`, async (t) => {
    const dir = await createFiles(t, files);
    const folder = await readFolder({ dir, format });
    await rm(join(dir, Object.keys(files)[0] ?? ""));
    const [first, second] = folder.migrations.map(({ key, name }) => ({ key, name }));
    const applied = { checksum: undefined, state: "applied", startedAt: undefined, logs: undefined } as const;
    const plan = makePlan(folder, {
      ...{ table: "t", exists: true, tableWithoutLedger: undefined },
      entries: [{ ...applied, key: first?.key ?? "", progress: undefined }],
    });
    assert.deepEqual([plan.applied, plan.pending.map(({ name }) => name)], [[first?.name], [second?.name]]);
    assert.throws(() => plan.digest, FolderError);
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

test("Flyway's checksum is that of the lines without their endings, and the script's own settings are read", async (t) => {
  const dir = await createFiles(t, {
    "V1__lf.sql": "SELECT 1;\nSELECT 'ü';\n",
    "V2__crlf.sql": "\uFEFFSELECT 1;\r\nSELECT 'ü';",
    "V3__large.sql": `${"-- padding of a large script\n".repeat(200_000)}SELECT 1;`,
    "V4__settings.sql": "SELECT '${kept}';",
    "V4__settings.sql.conf": "executeInTransaction=false\nplaceholderReplacement=false\n",
    "notes.sql": "",
  });
  const { migrations } = await readFolder({ dir });
  const [lf, crlf, large, settings] = migrations;
  // As Flyway 13.12.0 gave them for the same files.
  assert.deepEqual([lf?.checksum, large?.checksum], ["520980885", "-812696097"]);
  assert.equal(lf?.checksum, crlf?.checksum);
  assert.equal(settings?.up.transaction, false);
  assert.equal(migrations.length, 4);
});

test("sections are what stands between the markers, and transactions are as the markers say", async (t) => {
  const script = `-- By us.\n\n${dbmate.replace("up", "up transaction:false").replaceAll("\n", "\r\n")}`;
  const { migrations } = await readFolder({ dir: await createFiles(t, { "1_a.sql": script }) });
  const [{ up, down } = { up: undefined, down: undefined }] = migrations;
  assert.equal(script.slice(up?.start, up?.end), "-- migrate:up transaction:false\r\nSELECT 1;\r\n");
  assert.equal(script.slice(down?.start, down?.end), "-- migrate:down\r\nSELECT 2;\r\n");
  assert.deepEqual([up?.transaction, down?.transaction], [false, true]);
});

test("node-pg-migrate's down part may come first, or be missing", async (t) => {
  const turned = "-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 1;\n";
  const dir = await createFiles(t, { "1_a.sql": turned, "2_b.sql": "SELECT 3;" });
  const { migrations } = await readFolder({ dir });
  assert.deepEqual(
    migrations.map(({ up, down }) => [up.start, up.end, down?.start, down?.end]),
    [
      [28, undefined, 0, 28],
      [0, undefined, undefined, undefined],
    ],
  );
});

function refusal(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FolderError);
    assert.match(error.message, message);
    return true;
  };
}
