import { test } from "node:test";
import { scalar } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";
import { assertFindings } from "./finding.ts";

const schema = `
CREATE DOMAIN price AS numeric CHECK (VALUE >= 0);
CREATE DOMAIN "Net price" AS price;
CREATE DOMAIN code AS text;
CREATE TABLE amounts (paid money, gross price, net "Net price", code code, id bigint, share real, at date, free boolean, key uuid);
INSERT INTO amounts VALUES (1234.5, 12.50, 9007199254740993.10, '012', 9007199254740993, 0.1, '2024-01-31', true,
                            'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');`;

const one = (column: string): string => `SELECT ${column} FROM amounts`;

test("numbers are compared by value, whatever type they are of", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  await assertFindings(t, database, [
    [scalar("money", one("paid"), { equals: 1234.5, atLeast: "1234.50", atMost: 1235 }), []],
    [scalar("sum of money", one("sum(paid)"), { equals: "1234.5" }), []],
    [scalar("as it is written", one("paid"), { equals: "$1,234.50" }), []],
    [
      scalar("too little", one("paid"), { atLeast: 1235 }),
      [{ found: "$1,234.50", expected: "at least 1235" }],
    ],
    [scalar("domain", one("gross"), { equals: "12.5", atLeast: 12 }), []],
    [scalar("domain over a domain", one("net"), { equals: "9007199254740993.1" }), []],
    [
      scalar("exact", one("net"), { equals: "9007199254740993.11" }),
      [{ found: "9007199254740993.10", expected: "9007199254740993.11" }],
    ],
    [scalar("bigint", "SELECT count(*) FROM amounts", { equals: "1.0" }), []],
    [scalar("large", one("id"), { equals: "9007199254740993.0", atMost: "9007199254740993" }), []],
    [
      scalar("neighbour", one("id"), { equals: "9007199254740992" }),
      [{ found: "9007199254740993", expected: "9007199254740992" }],
    ],
    [scalar("real", one("share"), { equals: 0.1, atMost: "0.10" }), []],
    [scalar("zero", "SELECT 0::float8 * -1", { equals: 0 }), []],
    [scalar("JSON", `SELECT '{"n": 1.20}'::jsonb -> 'n'`, { equals: 1.2, atLeast: 1 }), []],
  ]);
});

test("what is no number is compared as text, and is within no bounds", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  await assertFindings(t, database, [
    [scalar("text", one("code"), { equals: "012" }), []],
    [scalar("digits", one("code"), { equals: 12 }), [{ found: "012", expected: "12" }]],
    [scalar("zeros", one("code"), { equals: "12" }), [{ found: "012", expected: "12" }]],
    [
      scalar("bound", one("code"), { atLeast: 12 }),
      [{ found: "012 (code, not a number)", expected: "at least 12" }],
    ],
    [scalar("cast", one("code::int"), { equals: "12.0", atLeast: 12 }), []],
    [scalar("date", one("at"), { equals: "2024-01-31" }), []],
    [
      scalar("bound of a date", one("at"), { atLeast: 2024 }),
      [{ found: "2024-01-31 (date, not a number)", expected: "at least 2024" }],
    ],
    [scalar("boolean", one("free"), { equals: true }), []],
    [scalar("one is not true", one("free"), { equals: 1 }), [{ found: "true", expected: "1" }]],
    [scalar("uuid", one("key"), { equals: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" }), []],
    [scalar("nothing", "SELECT pg_sleep(0)", { equals: "" }), []],
    [scalar("NaN", "SELECT 'NaN'::numeric", { equals: 0 }), [{ found: "NaN", expected: "0" }]],
    [scalar("NaN itself", "SELECT 'NaN'::numeric", { equals: "NaN" }), []],
    [
      scalar("infinity", "SELECT 'Infinity'::float8", { atLeast: 0 }),
      [{ found: "Infinity", expected: "at least 0" }],
    ],
    [
      scalar("NULL", "SELECT NULL::money", { atLeast: 0, equals: "NULL" }),
      [{ found: "NULL", expected: "NULL and at least 0" }],
    ],
  ]);
});
