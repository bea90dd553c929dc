import assert from "node:assert/strict";
import { rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";

const version = "..2026_05_01_12_00_00.123";

for (const [format, files, links] of [
  [
    "prisma",
    { "1_a/migration.sql": "SELECT 1", "migration_lock.toml": 'provider = "postgresql"\n' },
    ["1_a", "migration_lock.toml"],
  ],
  ["flyway", { "V1__a.sql": "SELECT 1" }, ["V1__a.sql"]],
  ["numbered", { "001_a.sql": "SELECT 1" }, ["001_a.sql"]],
] as const)
  test(`a mounted ConfigMap of ${format} counts by its links, not by its hidden folders`, async (t) => {
    const dir = await createFiles(
      t,
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`new/${name}`, text])),
    );
    await rename(join(dir, "new"), join(dir, version));
    await symlink(version, join(dir, "..data"));
    for (const link of links) await symlink(join("..data", link), join(dir, link));
    const { migrations, incomplete, format: found } = await readFolder({ dir });
    assert.deepEqual([found, migrations.length, incomplete], [format, 1, []]);
  });
