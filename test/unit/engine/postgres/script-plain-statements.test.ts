import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readScript } from "../../../../engine/postgres/script/read-script.ts";
import { sourceOf } from "../../../../engine/postgres/script/script-lines.ts";

describe("a script whose plain statements are not parsed", () => {
  const known = fc.constantFrom(
    "BEGIN",
    "COMMIT",
    "SET search_path = 'é'",
    "CREATE TABLE a (b int) -- c",
    "ALTER TYPE mood ADD VALUE 'calm'",
    "COMMENT ON TABLE a IS 'calm'",
    "INSERT INTO a VALUES ('calm;')",
    "insert into a values (1) -- ;",
    "/* é */ DELETE FROM a",
    "UPDATE a SET b = 1",
    "CREATE INDEX CONCURRENTLY i ON a (b)",
    "SELECT 'é'",
    "CREATE UNIQUE INDEX i ON a (b)",
    "CREATE TABLE c AS SELECT set_config('a.b', 'c', false)",
    "ALTER TABLE a ADD c mood DEFAULT 'calm'",
    "alter\n table a RENAME TO b",
    "ALTER TABLE a SET SCHEMA s",
    "ALTER TABLE ALL IN TABLESPACE t SET TABLESPACE u",
    "ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
    "DROP TABLE a CASCADE",
    "DROP INDEX i",
    "DROP INDEX CONCURRENTLY i",
    "DROP /* é */ TABLE a",
  );

  test("is run as it would be run if they were", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(known, { maxLength: 16 }), async (statements) => {
        const source = sourceOf(statements.join("\n;\n"));
        const plain = await readScript(source, { parsesPlain: false });
        const parsed = await readScript(source);
        assert.deepEqual({ ...plain, source: undefined }, { ...parsed, source: undefined });
      }),
    );
  });

  test("has the errors of all others, in their place", async () => {
    const text = "INSERT INTO a VALUES (1);\nDELETE FROM a;\nCREATE TABLE b ();\n  CREATE TABEL c ();";
    const others = await readScript(sourceOf(text), { parsesPlain: false });
    assert.deepEqual(
      others.problems.map(({ position }) => position),
      [{ line: 4, column: 10 }],
    );
    const plain = await readScript(sourceOf("CREATE TABLE a ();\nINSERT INTO INTO a;"), {
      parsesPlain: false,
    });
    assert.deepEqual(plain.problems, []);
  });
});
