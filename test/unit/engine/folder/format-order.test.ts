import assert from "node:assert/strict";
import { test } from "node:test";
import { type FolderFormat, readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";
import { dbmate, goose } from "./format-examples.ts";

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

test("flyway reads the folders below as well, whose place is a part of the script's name", async (t) => {
  const files = { "V2__b.sql": "", "first/deep/V1__a.sql": "", "R__c.sql": "" };
  const { migrations } = await readFolder({ dir: await createFiles(t, files), format: "flyway" });
  assert.deepEqual(
    migrations.map(({ name }) => name),
    ["first/deep/V1__a", "V2__b", "R__c"],
  );
});
