import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateChecks } from "../../../engine/checks/evaluate-checks.ts";
import { readFolder, schemaMatches } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { base, messageOf, migrated } from "./schema-comparison.ts";

test("what cannot be compared is said, with the migrations that stand in the way", async (t) => {
  const target = await migrated(t);
  const { database, dir } = target;
  const folder = await readFolder({ dir });
  assert.match(await messageOf({ database, dir: "/nowhere" }), /^The folder \/nowhere does not exist /);
  assert.match(
    await messageOf(target, { format: "paper" }),
    /^The format paper does not exist; the formats are drizzle-journal, /,
  );
  assert.match(
    await messageOf(target, { schemas: ["public", "nowhere"] }),
    /^The schema nowhere exists neither here /,
  );
  const without = await createFolder(t, { "1_base": base["1_base"] });
  assert.match(
    await messageOf({ database, dir: without.dir }),
    /applied migrations are missing from the folder: 2_more\.$/,
  );

  await changeFolder(folder, { "2_more": "CREATE EXTENSION nowhere" });
  assert.match(
    await messageOf(target),
    /^2_more cannot be applied to an empty database of a throw-away server, PostgreSQL \d+\.\d+[^(]*\(.*\): extension "nowhere" is not available$/,
  );
  await changeFolder(folder, { "2_more": "SELECT pg_sleep(600)" });
  assert.match(
    await messageOf(target, { timeoutMs: 3000 }),
    /were not applied to a throw-away server within 3000 ms/,
  );

  await database.execute("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_more'");
  assert.match(await messageOf(target), /migrations are partly applied: 2_more\.$/);
  await database.execute("DROP TABLE _prisma_migrations");
  assert.match(
    await messageOf(target),
    /the ledger "public"\."_prisma_migrations", which records the applied ones, does not exist\.$/,
  );
  const checks = [schemaMatches(dir)];
  const [alone] = await evaluateChecks({ database, checks });
  assert.match(alone?.error?.message ?? "", /^This check cannot read folders of migrations here/);
});
