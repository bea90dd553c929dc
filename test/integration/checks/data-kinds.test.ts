import { test } from "node:test";
import { notNull, returnsRows, rowCount, scalar, valueIn } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";
import { assertFindings } from "./finding.ts";

const schema = `
CREATE TYPE status AS ENUM ('OPEN', 'PAID', 'LOST');
CREATE TABLE gifts (id bigint PRIMARY KEY, status status, amount numeric(20, 2), note text, code char(4), paid boolean);
INSERT INTO gifts VALUES (9007199254740993, 'OPEN', 1, 'a', 'x', true), (2, 'PAID', 2.5, NULL, 'y', false),
  (3, 'LOST', NULL, '01', NULL, NULL);
CREATE TABLE empty (id int);
CREATE SEQUENCE written;
CREATE TABLE loose (loose int, key int);
INSERT INTO loose VALUES (1, NULL), (NULL, 2);
CREATE VIEW seen AS SELECT * FROM gifts;
CREATE SCHEMA "My.App";
CREATE TABLE "My.App"."Gift ""s""" ("Id" int, "Part.Key" int, "Some'thing" text, PRIMARY KEY ("Id", "Part.Key"))
  PARTITION BY LIST ("Part.Key");
CREATE TABLE "My.App".first PARTITION OF "My.App"."Gift ""s""" FOR VALUES IN (1);
CREATE TABLE "My.App".second PARTITION OF "My.App"."Gift ""s""" FOR VALUES IN (2);
INSERT INTO "My.App"."Gift ""s""" VALUES (1, 1, NULL), (1, 2, 'b\\'), (2, 2, 'it''s');`;

const odd = '"My.App"."Gift ""s"""';
const large = "SELECT 9007199254740993.50";

test("what a query of one's own gives", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  const none = [{ expected: "at least one row", found: "no row" }];
  await assertFindings(t, database, [
    [returnsRows("rows", "SELECT id FROM gifts ORDER BY id LIMIT 1"), []],
    [returnsRows("no columns", "SELECT FROM gifts; -- why"), []],
    [returnsRows("with", `WITH a AS (SELECT 1) SELECT * FROM a, ${odd} -- why`), []],
    [returnsRows("none", "SELECT id, id FROM empty;\n"), none],
    [returnsRows("semicolon", "SELECT 1 WHERE ';' = ' -- ;'"), none],
    [returnsRows("missing", "SELECT FROM nowhere"), /"nowhere" does not exist/],
    [returnsRows("write", "SELECT 1 WHERE setval('written', 1) > 0"), /in a read-only transaction/],
    [scalar("number", "SELECT count(*) FROM gifts", { equals: 3 }), []],
    [scalar("numeric", "SELECT amount FROM gifts WHERE id = 2;", { equals: 2.5, atLeast: "2.50" }), []],
    [scalar("digits", "SELECT amount FROM gifts WHERE id = 2", { equals: "2.5" }), []],
    [scalar("text", "SELECT note FROM gifts WHERE id = 3 -- why", { equals: "01" }), []],
    [scalar("enum", "SELECT status FROM gifts WHERE id = 3", { equals: "LOST" }), []],
    [scalar("boolean", "SELECT bool_or(paid) FROM gifts", { equals: true }), []],
    [scalar("array", "SELECT array[1, 2]", { equals: "{1,2}" }), []],
    [scalar("quoted", String.raw`SELECT 'it''s \'`, { equals: String.raw`it's \ `.trim() }), []],
    [scalar("exact", large, { equals: "9007199254740993.5", atMost: "9007199254740993.5" }), []],
    [scalar("zeros", "SELECT '01'", { equals: "1" }), [{ found: "01", expected: "1" }]],
    [
      scalar("high", large, { atMost: "9007199254740993.49", atLeast: 1 }),
      [{ found: "9007199254740993.50", expected: "at least 1 and at most 9007199254740993.49" }],
    ],
    [scalar("none", "SELECT id FROM empty", { equals: 1 }), [{ found: "no row", expected: "1" }]],
    [scalar("several", "SELECT note FROM gifts", { equals: 1 }), [{ found: "several rows", expected: "1" }]],
    [
      scalar("NULL", "SELECT sum(id) FROM empty", { atLeast: 0 }),
      [{ found: "NULL", expected: "at least 0" }],
    ],
    [scalar("NaN", "SELECT 'NaN'::float8", { atLeast: 0 }), [{ found: "NaN", expected: "at least 0" }]],
    [scalar("columns", "SELECT 1, 2", { equals: 1 }), /subquery must return only one column/],
    [scalar("words", "SELECT 'many'", { equals: 1 }), [{ found: "many", expected: "1" }]],
  ]);
});

test("what is in tables", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  await assertFindings(t, database, [
    [notNull("gifts.id"), []],
    [notNull("gifts.note", { where: "id <> 2 OR false -- why" }), []],
    [notNull("gifts.note"), [{ key: "id = 2", "NULL in": "note" }]],
    [notNull(["gifts.amount", "gifts.code"]), [{ key: "id = 3", "NULL in": "amount, code" }]],
    [notNull(`${odd}."Some'thing"`), [{ key: "Id = 1, Part.Key = 1", "NULL in": "Some'thing" }]],
    [
      notNull(["loose.loose", "loose.key"]),
      [
        { key: null, "NULL in": "key" },
        { key: null, "NULL in": "loose" },
      ],
    ],
    [notNull("seen.note"), [{ key: null, "NULL in": "note" }]],
    [notNull("nowhere.a"), /"nowhere" does not exist/],
    [notNull("gifts.nope"), /column "nope" does not exist/],
    [valueIn("gifts.status", ["OPEN", "PAID", "LOST", "NEW"]), []],
    [valueIn("gifts.status", ["OPEN", "PAID"], { where: "id <> 3 -- why" }), []],
    [valueIn("gifts.amount", [1, 2.5]), []],
    [valueIn("gifts.id", ["9007199254740993", 2, 3]), []],
    [valueIn("gifts.code", ["x", "y"]), []],
    [valueIn("gifts.paid", [true, false]), []],
    [
      valueIn("gifts.status", ["open", "it's", "PAID"]),
      [
        { status: "OPEN", rows: "1" },
        { status: "LOST", rows: "1" },
      ],
    ],
    [valueIn("gifts.note", [1]), [{ note: "a", rows: "1" }]],
    [valueIn("gifts.note", ["1", "a"]), [{ note: "01", rows: "1" }]],
    [valueIn(`${odd}."Part.Key"`, [1]), [{ "Part.Key": "2", rows: "2" }]],
    [valueIn(`${odd}."Some'thing"`, [String.raw`b\ `.trim()]), [{ "Some'thing": "it's", rows: "1" }]],
    [valueIn("nowhere.a", [1]), /"nowhere" does not exist/],
    [rowCount("gifts", { exactly: 3 }), []],
    [rowCount("public.gifts", { atLeast: 1, atMost: 3 }), []],
    [rowCount("seen", { exactly: 1, where: "id = 2 -- why" }), []],
    [rowCount("empty", { atLeast: 1 }), [{ found: "0", expected: "at least 1" }]],
    [rowCount("gifts", { exactly: 2 }), [{ found: "3", expected: "2" }]],
    [rowCount(odd, { atLeast: 1, atMost: 2 }), [{ found: "3", expected: "at least 1 and at most 2" }]],
    [rowCount("empty", { exactly: 0 }), []],
    [rowCount("nowhere", { exactly: 0 }), /"nowhere" does not exist/],
  ]);
});
