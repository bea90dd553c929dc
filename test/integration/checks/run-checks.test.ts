import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Check,
  type CheckResult,
  ConnectionError,
  exactlyOne,
  foreignKeyExists,
  indexExists,
  noDuplicates,
  noOrphans,
  returnsNoRows,
  runChecks,
  tableExists,
} from "../../../engine/index.ts";
import { openSession, openTarget, until } from "../target.ts";

const schema = `
CREATE TABLE donors (id bigint PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE TABLE gifts (id bigint PRIMARY KEY, donor bigint REFERENCES donors, loose bigint, a int, b int, note text,
  CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES donors (a, b));
ALTER TABLE gifts ADD CONSTRAINT later FOREIGN KEY (loose) REFERENCES donors NOT VALID;
CREATE INDEX gifts_note ON gifts (note);
INSERT INTO donors VALUES (9007199254740993, 1, 1), (2, 2, 2), (3, 3, 3);
INSERT INTO gifts VALUES (1, 9007199254740993, 2, 1, 1, 'x'), (2, 2, 3, 2, 2, 'x'), (3, 2, NULL, NULL, 7, NULL), (4, NULL, 2, NULL, NULL, NULL);
ALTER TABLE gifts DISABLE TRIGGER ALL;
INSERT INTO gifts VALUES (5, 77, 78, 8, 8, 'y');
ALTER TABLE gifts ENABLE TRIGGER ALL;
CREATE VIEW view AS SELECT 1;
CREATE SCHEMA "My.App";
CREATE TABLE "My.App"."Gift ""s""" ("Id" int PRIMARY KEY, "Donor.Id" int, sample text, "key" text, violations int);
INSERT INTO "My.App"."Gift ""s""" VALUES (1, 1, 's', 'k', 3), (2, 1, NULL, NULL, 3);
CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE violations (sample int); INSERT INTO violations VALUES (1);`;

const odd = '"My.App"."Gift ""s"""';

test("checks on PostgreSQL", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  await database.execute(
    `CREATE INDEX gifts_broken ON gifts (id);
     UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'gifts_broken'::regclass;
     CREATE SEQUENCE written;
     CREATE FUNCTION wrote() RETURNS int LANGUAGE sql AS 'DELETE FROM gifts RETURNING 1'`,
  );

  async function resultOf(check: Check): Promise<CheckResult> {
    const [result] = await runChecks({ database, checks: [check] });
    assert.ok(result);
    assert.equal(result.check, check.name);
    assert.equal(result.kind, check.kind);
    return result;
  }

  for (const check of [
    returnsNoRows("none", "SELECT FROM gifts WHERE id < 0;"),
    returnsNoRows("comment", "SELECT 1 WHERE false; -- why"),
    returnsNoRows("with", "WITH a AS (SELECT 1 AS b) SELECT * FROM a WHERE b > 1"),
    tableExists("gifts"),
    tableExists("public.gifts"),
    tableExists(odd),
    tableExists("parted"),
    indexExists("gifts_note"),
    indexExists("public.gifts_pkey", { unique: true }),
    indexExists('"My.App"."Gift ""s""_pkey"', { unique: true }),
    foreignKeyExists("gifts.donor", "donors.id"),
    foreignKeyExists(["gifts.a", "gifts.b"], ["donors.a", "donors.b"]),
    foreignKeyExists(["gifts.b", "gifts.a"], ["donors.b", "donors.a"]),
    noOrphans(`${odd}."Donor.Id"`, `${odd}.Id`),
    noDuplicates("gifts.id"),
    noDuplicates(["gifts.id", "gifts.note"]),
    noDuplicates("gifts.note", { where: "note <> 'x' -- the others" }),
    noDuplicates(`${odd}.Id`),
    exactlyOne("gifts.donor", "donors.id", { where: "id NOT IN (2, 3)" }),
  ])
    await t.test(`it holds: ${check.name} (${JSON.stringify(check)})`, async () => {
      assert.deepEqual(await resultOf(check), {
        check: check.name,
        kind: check.kind,
        severity: "fail",
        owner: undefined,
        when: check.kind.endsWith("Exists") ? ["inside", "standing"] : ["before", "inside", "standing"],
        outcome: "holds",
        violations: 0,
        rows: [],
        error: undefined,
      });
    });

  for (const [check, violations, rows] of [
    [
      returnsNoRows("rows", "SELECT id, note FROM gifts ORDER BY id DESC"),
      5,
      [
        { id: "5", note: "y" },
        { id: "4", note: null },
        { id: "3", note: null },
        { id: "2", note: "x" },
        { id: "1", note: "x" },
      ],
    ],
    [returnsNoRows("no columns", "SELECT FROM gifts WHERE id < 3"), 2, [{}, {}]],
    [
      returnsNoRows("many", "SELECT generate_series(1, 12345) AS n"),
      12345,
      [1, 2, 3, 4, 5].map((n) => ({ n: String(n) })),
    ],
    [
      returnsNoRows(
        "large keys",
        "SELECT 9007199254740993 AS id, '2020-01-01'::date AS day, '{\"a\":1}'::jsonb AS json",
      ),
      1,
      [{ id: "9007199254740993", day: "2020-01-01", json: '{"a": 1}' }],
    ],
    [
      returnsNoRows("odd columns", `SELECT sample, "key", violations FROM ${odd} WHERE "Id" = 1`),
      1,
      [{ sample: "s", key: "k", violations: "3" }],
    ],
    [returnsNoRows("a table called violations", "SELECT * FROM violations"), 1, [{ sample: "1" }]],
    [tableExists("nowhere"), 1, [{ "missing table": "nowhere" }]],
    [tableExists("no.where"), 1, [{ "missing table": "no.where" }]],
    [tableExists("Gifts"), 1, [{ "missing table": "Gifts" }]],
    [tableExists("view"), 1, [{ "missing table": "view" }]],
    [indexExists("nothing"), 1, [{ index: "nothing", state: "missing" }]],
    [indexExists("gifts"), 1, [{ index: "gifts", state: "missing" }]],
    [indexExists("gifts_broken"), 1, [{ index: "gifts_broken", state: "invalid" }]],
    [indexExists("gifts_note", { unique: true }), 1, [{ index: "gifts_note", state: "not unique" }]],
    [
      foreignKeyExists("gifts.id", "donors.id"),
      1,
      [{ column: "gifts.id", references: "donors.id", "foreign key": "missing" }],
    ],
    [
      foreignKeyExists("gifts.nope", "nowhere.id"),
      1,
      [{ column: "gifts.nope", references: "nowhere.id", "foreign key": "missing" }],
    ],
    [
      foreignKeyExists(["gifts.a", "gifts.b"], ["donors.b", "donors.a"]),
      1,
      [{ column: "gifts.a, gifts.b", references: "donors.b, donors.a", "foreign key": "missing" }],
    ],
    [
      foreignKeyExists("gifts.loose", "donors.id"),
      1,
      [{ column: "gifts.loose", references: "donors.id", "foreign key": "not validated" }],
    ],
    [noOrphans("gifts.donor", "donors.id"), 1, [{ donor: "77" }]],
    [noOrphans(["gifts.a", "gifts.b"], ["donors.a", "donors.b"]), 1, [{ a: "8", b: "8" }]],
    [noDuplicates("gifts.note"), 1, [{ note: "x", rows: "2" }]],
    [noDuplicates(`${odd}."Donor.Id"`), 1, [{ "Donor.Id": "1", rows: "2" }]],
    [
      exactlyOne("gifts.donor", "donors.id", { where: "id < 100" }),
      2,
      [
        { id: "2", found: "2" },
        { id: "3", found: "0" },
      ],
    ],
    [exactlyOne(["gifts.a", "gifts.b"], ["donors.a", "donors.b"]), 1, [{ a: "3", b: "3", found: "0" }]],
  ] as const)
    await t.test(`it is violated: ${check.name} (${JSON.stringify(check)})`, async () => {
      const result = await resultOf(check);
      assert.deepEqual(result.error, undefined);
      assert.deepEqual([result.outcome, result.violations], ["violated", violations]);
      const ordered = (list: readonly object[]): string[] => list.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(ordered(result.rows), ordered(rows));
    });

  for (const [check, sqlstate] of [
    [noOrphans("nowhere.a", "donors.id"), "42P01"],
    [noOrphans("gifts.nope", "donors.id"), "42703"],
    [noDuplicates("nowhere.a"), "42P01"],
    [exactlyOne("gifts.donor", "nowhere.id"), "42P01"],
    [returnsNoRows("type", "SELECT 1 FROM gifts WHERE id = 'x'"), "22P02"],
    [returnsNoRows("crash", "SELECT 1/0"), "22012"],
    [returnsNoRows("write", "SELECT setval('written', 1)"), "25006"],
    [returnsNoRows("write in a function", "SELECT wrote()"), "25006"],
    [returnsNoRows("write in WITH", "WITH a AS (DELETE FROM gifts RETURNING 1) SELECT * FROM a"), "0A000"],
    [returnsNoRows("lock", "SELECT 1 FROM gifts FOR UPDATE"), "25006"],
    [returnsNoRows("unlock", "SELECT set_config('transaction_read_only', 'off', true)"), "25001"],
    [returnsNoRows("two", "SELECT 1; DELETE FROM gifts"), undefined],
    [
      returnsNoRows("break out", "SELECT 1) SELECT 1; COMMIT; DELETE FROM gifts; WITH a AS (SELECT 1"),
      undefined,
    ],
  ] as const)
    await t.test(
      `it cannot be evaluated: ${check.name}, neither by itself nor in a transaction`,
      async () => {
        for (const insideTransaction of [false, true]) {
          if (insideTransaction) await database.execute("BEGIN");
          const results = await runChecks({
            database,
            checks: [check, tableExists("gifts")],
            insideTransaction,
          });
          if (insideTransaction) await database.execute("COMMIT");
          assert.deepEqual(
            results.map(({ outcome }) => outcome),
            ["unknown", "holds"],
          );
          assert.notEqual(results[0]?.error?.message, "");
          if (sqlstate !== undefined && check.name !== "unlock")
            assert.equal(results[0]?.error?.sqlstate, sqlstate);
        }
        assert.deepEqual(await database.query("SELECT count(*)::int AS count FROM gifts"), [{ count: 5 }]);
      },
    );

  await t.test(
    "checks see what the open transaction has done, which can go on writing afterwards",
    async () => {
      await database.execute("BEGIN; CREATE TABLE fresh (id int); INSERT INTO fresh VALUES (1), (1)");
      const results = await runChecks({
        database,
        checks: [tableExists("fresh"), noDuplicates("fresh.id")],
        insideTransaction: true,
      });
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ["holds", "violated"],
      );
      await database.execute("INSERT INTO fresh VALUES (2); ROLLBACK");
      assert.equal((await resultOf(tableExists("fresh"))).outcome, "violated");
    },
  );

  await t.test("a check cannot leave anything in the session", async () => {
    await runChecks({
      database,
      checks: [
        returnsNoRows("n", "SELECT set_config('search_path', 'pg_catalog', false)"),
        tableExists("gifts"),
      ],
    });
    assert.deepEqual(await database.query("SELECT current_schema() AS schema"), [{ schema: "public" }]);
  });
});

for (const insideTransaction of [false, true])
  test(`a session that ends during a check is told of by its cause (${insideTransaction ? "open" : "own"} transaction)`, async (t) => {
    const { connection, database } = await openTarget(t);
    const other = await openSession(t, connection);
    await database.execute(insideTransaction ? "BEGIN" : "SELECT 1");
    const checks = [returnsNoRows("ends", "SELECT pg_sleep(20)"), tableExists("t")];
    const asleep = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    void until(other, `SELECT ${asleep}`).then(() =>
      other.query(`SELECT pg_terminate_backend(pid) ${asleep}`),
    );
    await assert.rejects(runChecks({ database, checks, insideTransaction }), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(error.message, /terminating connection due to administrator command/);
      return true;
    });
  });
