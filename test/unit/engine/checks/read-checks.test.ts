import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CheckDefinitionError,
  exactlyOne,
  foreignKeyExists,
  indexExists,
  noDuplicates,
  noOrphans,
  PgMigrationsError,
  readChecks,
  returnsNoRows,
  tableExists,
} from "../../../../engine/index.ts";

const every = [
  returnsNoRows("no negative balances", "SELECT id FROM accounts WHERE balance < 0"),
  tableExists("gifts"),
  indexExists("app.gifts_idx", { unique: true }),
  foreignKeyExists(["gifts.a", "gifts.b"], ["donors.a", "donors.b"]),
  noOrphans("escrows.targetId", "targets.id"),
  noDuplicates("escrows.targetId", { where: "status = 'open' -- only these" }),
  exactlyOne("escrows.targetId", "targets.id", { where: "status = 'APPROVED'", name: "one escrow" }),
];

test("checks read from data are those that were written", async () => {
  assert.deepEqual(await readChecks(JSON.parse(JSON.stringify(every)) as unknown[]), every);
});

test("a name is made up where none is given", async () => {
  const [check] = await readChecks([{ kind: "noOrphans", column: "a.b", references: "c.d" }]);
  assert.equal(check?.name, "no orphans in a.b");
});

for (const sql of [
  "SELECT 1;",
  "SELECT 1 -- why",
  "SELECT 1; -- why",
  "SELECT 1 /* a */ ; /* b */ ",
  "-- first\nSELECT ';--' AS a",
  "WITH a AS (SELECT 1) SELECT * FROM a;",
  "VALUES (1)",
])
  test(`${JSON.stringify(sql)} is one query`, async () => {
    assert.equal((await readChecks([returnsNoRows("n", sql)])).length, 1);
  });

for (const [definition, message] of [
  [
    { kind: "noOrphan", name: "n" },
    /Check "n": the kind "noOrphan" does not exist\. The kinds are returnsNoRows, .*exactlyOne/,
  ],
  [{ kind: "toString", name: "n" }, /the kind "toString" does not exist/],
  [{ name: "n" }, /the kind undefined does not exist/],
  [null, /Check "number 1": the kind undefined does not exist/],
  ["tableExists", /Check "number 1": the kind undefined does not exist/],
  [
    { kind: "tableExists", table: "t", tabel: "u" },
    /the definition of tableExists is invalid: Unrecognized key: "tabel" \(known: kind, name, .*, sampleColumns, accepts, table\)\.$/,
  ],
  [
    { kind: "http", name: "n", url: "http://a", columns: ["id"] },
    /the definition of http is invalid: Unrecognized key: "columns" \(known: .*url.*\)\.$/,
  ],
  [{ kind: "tableExists" }, /the definition of tableExists is invalid: table: /],
  [{ kind: "indexExists", index: "i", unique: "yes" }, /is invalid: unique: /],
  [{ kind: "returnsNoRows", sql: "SELECT 1" }, /is invalid: name: /],
  [returnsNoRows("", "SELECT 1"), /is invalid: name: /],
  [
    returnsNoRows("n", "SELEC 1"),
    /Check "n": its SQL cannot be read: syntax error at or near "SELEC" \(SQLSTATE 42601\)[^]*\n1 \| SELEC 1\n +\^/,
  ],
  [returnsNoRows("n", "SELECT 1; SELECT 2"), /must be a single SELECT/],
  [returnsNoRows("n", "DELETE FROM t"), /must be a single SELECT/],
  [returnsNoRows("n", "-- nothing"), /must be a single SELECT/],
  [returnsNoRows("n", "SELECT * INTO t FROM u"), /must be a single SELECT/],
  [returnsNoRows("n", "BEGIN; SELECT 1; COMMIT"), /must be a single SELECT/],
  [noDuplicates("t.a", { where: "a = 'open" }), /cannot be read: unterminated quoted string/],
  [noDuplicates(["t.a", "u.b"]), /columns are of two tables, "t" and "u"/],
  [noDuplicates([]), /is invalid: column/],
  [noDuplicates("a"), /"a" is not a column\. Write table\.column/],
  [noOrphans("a.b.c.d", "e.f"), /is not a column/],
  [noOrphans(["a.b", "a.c"], "e.f"), /different numbers of columns/],
  [exactlyOne(["a.b", "a.c"], "e.f"), /different numbers of columns/],
  [foreignKeyExists(["a.b", "a.c"], "e.f"), /different numbers of columns/],
  [tableExists("a.b.c"), /more parts than schema\.name/],
] as const)
  test(`${JSON.stringify(definition)} is refused: ${message.source.slice(0, 60)}`, async () => {
    await assert.rejects(readChecks([definition]), (error) => {
      assert.ok(error instanceof CheckDefinitionError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });

test("two checks of one name are refused, also where the name was made up", async () => {
  await assert.rejects(
    readChecks([tableExists("t"), tableExists("t")]),
    /Check "table t exists": two checks have this name/,
  );
});

test("a name that cannot be read is refused by the check it stands in", async () => {
  await assert.rejects(readChecks([tableExists('a"b', { name: "n" })]), (error) => {
    assert.ok(error instanceof PgMigrationsError);
    assert.match(error.message, /Check "n": The name "a\\"b" cannot be read/);
    assert.ok(error instanceof CheckDefinitionError);
    return true;
  });
});
