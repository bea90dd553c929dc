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
});
