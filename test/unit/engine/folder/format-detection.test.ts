import assert from "node:assert/strict";
import { test } from "node:test";
import { type FolderFormat, readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";
import { dbmate, type Files, goose, journal, nodePgMigrate } from "./format-examples.ts";

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
