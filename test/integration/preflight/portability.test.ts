import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { planRun, preflight, readFolder } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

const scripts = {
  "0_plain": "CREATE TABLE a (b int); ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x';",
  "1_mark": "\uFEFFSELECT 1;",
  "2_copy": "SELECT 1;\nCOPY a FROM stdin;\n1\n\\.\n",
  "3_dump": "\\restrict x\nSELECT 1;\n\\unrestrict x\n",
  "4_enum": "ALTER TYPE mood ADD VALUE 'so';\nSELECT 'so'::mood;",
  "5_index": "SELECT 1;\nCREATE INDEX CONCURRENTLY i ON a (b);",
  "6_alone": "CREATE INDEX CONCURRENTLY j ON a (b);",
};

test("each script that only this package can run is named once, with the line, while it is pending", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute("CREATE TYPE mood AS ENUM ('ok')");
  const folder = await createFolder(t, scripts);
  const { warnings } = await preflight({ connection, folder, planOptions: { baseline: undefined } });
  assert.deepEqual(
    warnings.map((line) =>
      /^Only this package can apply (\w+); prisma migrate fails on it: (line \d has [^:]+)/
        .exec(line)
        ?.slice(1),
    ),
    [
      ["1_mark", "line 1 has a byte-order mark"],
      ["2_copy", "line 2 has the data of a COPY"],
      ["3_dump", "line 1 has a command of psql"],
      ["4_enum", "line 2 has a value that the script itself adds to an enum"],
      ["5_index", "line 2 has a statement that cannot run in a transaction, beside others"],
    ],
  );
  assert.equal((await run(database, folder)).failed, undefined);
  assert.deepEqual((await preflight({ connection, folder })).warnings, []);
});

test("a database that does not exist yet is warned about the same, and shows what runs in segments", async (t) => {
  const { connection } = await openTarget(t);
  const folder = await createFolder(t, scripts);
  const request = { connection, folder, planOptions: { baseline: undefined } };
  const existing = await preflight(request);
  const planned = await preflight({
    ...request,
    connection: { ...connection, database: `${connection.database}_x` },
    createDatabase: true,
  });
  assert.equal(planned.databaseExists, false);
  assert.deepEqual([planned.warnings, planned.segmented], [existing.warnings, existing.segmented]);
  assert.equal(planned.warnings.length, 5);
});

test("a stray script that Prisma ignores is named", async (t) => {
  const { connection } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "SELECT 1" });
  await writeFile(join(folder.dir, "2_b.sql"), "SELECT 2");
  const { warnings } = await preflight({ connection, folder: await readFolder({ dir: folder.dir }) });
  assert.match(warnings.join("\n"), /2_b\.sql is not applied: Prisma takes only <name>\/migration\.sql/);
});

test("a stack refuses what only this package can run, before anything is run", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "2_copy": "CREATE TABLE a (b int); COPY a FROM stdin;\n1\n\\.\n" });
  const planOptions = { portable: "refuse" } as const;
  const refusal = {
    message: /Only this package can apply 2_copy.*The configuration refuses that \(portable: refuse\)/,
  };
  await assert.rejects(preflight({ connection, folder, planOptions }), refusal);
  const plan = await planRun({ database, folder, options: planOptions });
  await assert.rejects(run(database, folder, { plan }), refusal);
  assert.deepEqual(
    (await preflight({ connection, folder, planOptions: { portable: "ignore" } })).warnings,
    [],
  );
});
