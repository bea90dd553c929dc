import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { read } from "./script-of-text.ts";

describe("readScript", () => {
  for (const script of ["", " \n", "-- nothing\n", "/* nothing */", ";;", "\uFEFF".slice(1)])
    test(`takes ${JSON.stringify(script)} for a script without statements`, async () => {
      const { segments, statements, problems } = await read(script);
      assert.deepEqual({ segments, statements, problems }, { segments: [], statements: 0, problems: [] });
    });

  for (const [script, mode] of [
    ["CREATE INDEX CONCURRENTLY i ON t (a)", "alone"],
    ["-- why\n/* x */ CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a); -- done\n", "alone"],
    ["DROP INDEX CONCURRENTLY i", "alone"],
    ["REINDEX INDEX CONCURRENTLY i", "alone"],
    ["REINDEX (CONCURRENTLY) TABLE t", "alone"],
    ["REINDEX SCHEMA s", "alone"],
    ["VACUUM (FULL) t", "alone"],
    ["CREATE DATABASE d", "alone"],
    ["DROP DATABASE d", "alone"],
    ["ALTER SYSTEM SET work_mem = '1MB'", "alone"],
    ["CLUSTER", "alone"],
    ["ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "alone"],
    ["ANALYZE t", "atomic"],
    ["CLUSTER t USING i", "atomic"],
    ["REINDEX TABLE t", "atomic"],
    ["REFRESH MATERIALIZED VIEW CONCURRENTLY m", "atomic"],
    ["ALTER TABLE t DETACH PARTITION p", "atomic"],
    ["ALTER TYPE e ADD VALUE 'x'", "atomic"],
    ["CREATE INDEX i ON t (a)", "atomic"],
  ] as const)
    test(`runs ${JSON.stringify(script)} ${mode === "alone" ? "alone" : "in a transaction"}`, async () => {
      const { segments, problems } = await read(script);
      assert.deepEqual(
        segments.map(({ kind }) => kind),
        [mode === "alone" ? "alone" : "transaction"],
      );
      assert.deepEqual(problems, []);
    });

  test("knows the index that is built, rebuilt or dropped, with its schema", async () => {
    const indexOf = async (text: string) => (await read(text)).segments[0]?.alone?.index;
    assert.deepEqual(await indexOf('CREATE INDEX CONCURRENTLY "I""1" ON "A.b".t (a)'), {
      action: "build",
      name: '"A.b"."I""1"',
    });
    assert.deepEqual(await indexOf("CREATE INDEX CONCURRENTLY i ON t (a)"), { action: "build", name: '"i"' });
    assert.deepEqual(await indexOf("DROP INDEX CONCURRENTLY s.i"), { action: "drop", name: '"s"."i"' });
    assert.deepEqual(await indexOf("REINDEX INDEX CONCURRENTLY s.i"), { action: "rebuild", name: '"s"."i"' });
    assert.deepEqual(await indexOf("REINDEX (CONCURRENTLY) TABLE t"), { action: "rebuild", name: '"t"' });
    assert.equal(await indexOf("REINDEX SCHEMA CONCURRENTLY s"), undefined);
    assert.equal(await indexOf("VACUUM"), undefined);
  });

  for (const [script, segments] of [
    ["CREATE TABLE a (); VACUUM a; SELECT 1; SELECT 2", ["transaction 0-1", "alone 1-2", "transaction 2-4"]],
    [
      "BEGIN; SELECT 1; COMMIT; CREATE INDEX CONCURRENTLY i ON a (b); DROP INDEX CONCURRENTLY j",
      ["transaction 1-2", "alone 3-4", "alone 4-5"],
    ],
    [
      "ALTER TYPE e ADD VALUE 'x'; SELECT 1; INSERT INTO a VALUES ('x')",
      ["transaction 0-2", "transaction 2-3"],
    ],
    ["ALTER TYPE e ADD VALUE 'x'; ALTER TYPE e ADD VALUE 'y'; SELECT 1", ["transaction 0-3"]],
    ["CREATE TYPE e AS ENUM (); ALTER TYPE e ADD VALUE 'x'; SELECT 'x'", ["transaction 0-3"]],
    ["ALTER TYPE e RENAME VALUE 'x' TO 'y'; SELECT 'y'", ["transaction 0-2"]],
    [
      "ALTER TYPE e ADD VALUE 'it''s'; DO $$ BEGIN PERFORM 'it''s'::e; END $$",
      ["transaction 0-1", "transaction 1-2"],
    ],
    ["SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a", ["transaction 0-4"]],
  ] as const)
    test(`cuts ${JSON.stringify(script)} into segments`, async () => {
      const found = await read(script);
      assert.deepEqual(found.problems, []);
      assert.deepEqual(
        found.segments.map(({ kind, from, to }) => `${kind} ${from}-${to}`),
        segments,
      );
    });

  test("replays what is set for the rest of a script, and not what was rolled back or local", async () => {
    const { settings, problems } = await read(
      `SET a.b = 1; SAVEPOINT s; SET a.c = 1; ROLLBACK TO s; SELECT set_config('a.d', 'x', true);
       SELECT set_config('a.e', 'x', false); SET LOCAL a.f = 1; VACUUM`,
    );
    assert.deepEqual([...settings], [0, 5]);
    assert.deepEqual(problems, []);
  });

  test("makes each statement a segment where the format says that none may run in a transaction", async () => {
    const { segments } = await read(
      "SELECT 1; CALL p(); DO $$ BEGIN END $$; DO $$ BEGIN COMMIT; END $$; VACUUM",
      false,
    );
    assert.deepEqual(
      segments.map(({ kind }) => kind),
      ["transaction", "alone", "transaction", "alone", "alone"],
    );
  });
});
