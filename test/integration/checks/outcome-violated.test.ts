import assert from "node:assert/strict";
import { test } from "node:test";
import {
  exactlyOne,
  foreignKeyExists,
  indexExists,
  noDuplicates,
  noOrphans,
  returnsNoRows,
  tableExists,
} from "../../../engine/index.ts";
import { odd, openGifts } from "./gifts-database.ts";

test("checks on PostgreSQL", async (t) => {
  const { resultOf } = await openGifts(t);

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
      10_000,
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
});
