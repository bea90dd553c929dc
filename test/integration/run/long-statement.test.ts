import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

const text = `é🐘 with a semicolon; and ''quotes'', ${"x".repeat(1000)}`;
const rows = 6_000;
/** About 6 MB, more than the length up to which a statement is kept. */
const values = Array.from({ length: rows }, (_, at) => `(${at}, '${text}')`).join(",\n");
const script = `CREATE TABLE a (b int PRIMARY KEY, c text);\nINSERT INTO a VALUES\n${values};\n`;

test("a long statement is applied, with what stands before and after it, in one transaction", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": `${script}INSERT INTO a VALUES (-1, 'after');\nWITH v (b, c) AS (VALUES\n${values.replaceAll("(", "(1e5::int + ")}\n) INSERT INTO a SELECT * FROM v`,
  });
  const { failed } = await run(database, folder);
  assert.equal(failed, undefined);
  assert.deepEqual(await database.query("SELECT count(*)::int AS rows, min(c) = 'after' AS after FROM a"), [
    { rows: 2 * rows + 1, after: true },
  ]);
});

test("an error in a long statement has its line, and its secrets are masked", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE users (id int, password text);",
    "2_b": `INSERT INTO users (id, password) VALUES\n${values},\n(1, 'hunter2') oops (2, 'hunter3'),\n${values};\n`,
  });
  const { failed } = await run(database, folder);
  assert.equal(failed?.error?.sqlstate, "42601");
  assert.deepEqual(failed.error.position, { line: rows + 2, column: 16 });
  assert.match(failed.error.excerpt ?? "", /\(1, '\[secret\]'\) oops \(2, '\[secret\]'\)/);
  assert.doesNotMatch(JSON.stringify(failed), /hunter/);
});

test("a long statement that the server refuses as a whole has the line in which it begins", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": script.replace("(5999,", "(5998,"),
  });
  const { failed } = await run(database, folder);
  assert.equal(failed?.error?.sqlstate, "23505");
  assert.deepEqual(failed.error.position, { line: 2, column: 1 });
});

test("a file that changes while a long statement or COPY data are sent fails the run and blocks nothing", async (t) => {
  const { database } = await openTarget(t);
  for (const [number, large] of [
    `INSERT INTO a VALUES\n${values};\n`,
    `COPY a FROM stdin;\n${Array.from({ length: rows }, (_, at) => `${at}\t${text}`).join("\n")}\n`,
  ].entries()) {
    const folder = await createFolder(t, {
      "1_a": "CREATE TABLE IF NOT EXISTS a (b int, c text);",
      [`2_${number}`]: large,
    });
    const file = folder.migrations[1]?.file ?? "";
    const running = run(database, folder, {
      onProgress: (progress) => {
        if (progress.event === "started" && progress.migration !== "1_a")
          writeFileSync(file, large.slice(0, 5_000_000));
      },
    });
    await assert.rejects(running, { code: "SCRIPT_CHANGED" });
    assert.deepEqual(await database.query("SELECT count(*)::int AS rows FROM a"), [{ rows: 0 }]);
  }
});

test("a long statement in a migration outside a transaction is resumed by its digest", async (t) => {
  const { database } = await openTarget(t);
  const ending = "CREATE UNIQUE INDEX CONCURRENTLY i ON a (c);\n";
  const folder = await createFolder(t, { "1_a": script + ending });
  const { failed } = await run(database, folder);
  assert.equal(failed?.error?.sqlstate, "23505");
  const repaired = await createFolder(t, { "1_a": script + ending.replace("UNIQUE ", "") });
  assert.equal((await run(database, repaired)).failed, undefined);
  assert.deepEqual(await database.query("SELECT count(*)::int AS rows FROM a"), [{ rows }]);
});
