import { test } from "node:test";
import { columnIs } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";
import { assertFindings, type Finding } from "./finding.ts";

const schema = `
CREATE SCHEMA "My.App";
CREATE TYPE "Status" AS ENUM ('OPEN');
CREATE TYPE "My.App"."odd (1)" AS ENUM ('a');
CREATE DOMAIN short AS varchar(9);
CREATE TABLE types (
  a int, b bigint NOT NULL, c varchar(20), d numeric(10, 2), e numeric(5), f timestamptz, g timestamp(3) with time zone,
  h char, i "char", j int[], k varchar(7)[], l double precision, m real, n interval day to second(3), o bit(3),
  p "Status", q "Status"[], r "My.App"."odd (1)", s short, t numeric, u time(2), v bit varying(5), w interval, x bpchar);
CREATE TABLE "My.App"."Gift ""s""" ("Id" int GENERATED ALWAYS AS IDENTITY, "Part.Key" int DEFAULT (1 + 1) NOT NULL,
  note text DEFAULT 'it''s \\', same text GENERATED ALWAYS AS (lower(note)) STORED) PARTITION BY LIST ("Part.Key");
ALTER TABLE types DROP COLUMN x;
CREATE VIEW seen AS SELECT c FROM types;`.replaceAll("\\\\", "\\");

const odd = '"My.App"."Gift ""s"""';

const aliases: [column: string, ...types: string[]][] = [
  ["a", "int", "INTEGER", "int4", "pg_catalog.int4"],
  ["b", "bigint", "int8"],
  ["c", "varchar(20)", "character varying (20)", "VARCHAR( 20 )"],
  ["d", "numeric(10,2)", "decimal(10, 2)"],
  ["e", "numeric(5)", "numeric(5,0)"],
  ["f", "timestamptz", "timestamp with time zone", "timestamp  with time  zone"],
  ["g", "timestamptz(3)", "timestamp (3) with time zone"],
  ["h", "char", "char(1)", "character(1)"],
  ["i", '"char"'],
  ["j", "int[]", "integer[]", "_int4"],
  ["k", "varchar(7)[]"],
  ["l", "float8", "float", "float(53)"],
  ["m", "real", "float(1)"],
  ["n", "interval day to second(3)", "INTERVAL DAY TO SECOND (3)"],
  ["o", "bit(3)"],
  ["p", '"Status"', "Status", "public.Status"],
  ["q", '"Status"[]', "Status[]"],
  ["r", '"My.App"."odd (1)"'],
  ["s", "short"],
  ["t", "numeric", "decimal"],
  ["u", "time(2)", "time(2) without time zone"],
  ["v", "varbit(5)"],
  ["w", "interval"],
];

test("a column's type, by any name that it has", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  await assertFindings(
    t,
    database,
    aliases.flatMap(([column, ...types]) =>
      types.map((type) => [columnIs(`types.${column}`, { type }), []] as const),
    ),
  );
  const wrong = (column: string, expected: string, found: string): Finding => [
    { column, what: "type", expected, found },
  ];
  await assertFindings(t, database, [
    [columnIs("types.a", { type: "bigint" }), wrong("types.a", "bigint", "integer")],
    [columnIs("types.c", { type: "varchar" }), wrong("types.c", "varchar", "character varying(20)")],
    [columnIs("types.c", { type: "varchar(2)" }), wrong("types.c", "varchar(2)", "character varying(20)")],
    [columnIs("types.c", { type: "text" }), wrong("types.c", "text", "character varying(20)")],
    [columnIs("types.t", { type: "numeric(5)" }), wrong("types.t", "numeric(5)", "numeric")],
    [columnIs("types.h", { type: '"char"' }), wrong("types.h", '"char"', "character(1)")],
    [columnIs("types.j", { type: "int" }), wrong("types.j", "int", "integer[]")],
    [columnIs("types.w", { type: "interval year" }), wrong("types.w", "interval year", "interval")],
    [columnIs("types.a", { type: "integr" }), wrong("types.a", "integr (there is no such type)", "integer")],
    [
      columnIs("types.a", { type: "no.where" }),
      wrong("types.a", "no.where (there is no such type)", "integer"),
    ],
    [columnIs("types.a", { type: "it's" }), /./],
    [columnIs("seen.c", { type: "varchar(20)", nullable: true, default: null }), []],
  ]);
});

test("what else is expected of a column", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  const missing = (column: string, found: string): Finding => [
    { column, what: "column", expected: "present", found },
  ];
  const other = (what: string, expected: string, found: string): Finding[number] => ({
    column: `${odd}."Part.Key"`,
    what,
    expected,
    found,
  });
  await assertFindings(t, database, [
    [columnIs("types.a"), []],
    [columnIs(`${odd}."Part.Key"`, { type: "int", nullable: false, default: "(1 + 1)" }), []],
    [columnIs(`${odd}.note`, { default: String.raw`'it''s \'::text` }), []],
    [columnIs(`${odd}.Id`, { default: "generated always as identity" }), []],
    [columnIs(`${odd}.same`, { default: "generated always as (lower(note)) stored" }), []],
    [columnIs("public.types.a", { nullable: true, default: null }), []],
    [
      columnIs(`${odd}."Part.Key"`, { type: "text", nullable: true, default: null }),
      [
        other("type", "text", "integer"),
        other("nullable", "true", "false"),
        other("default", "none", "(1 + 1)"),
      ],
    ],
    [columnIs(`${odd}."Part.Key"`, { default: "1" }), [other("default", "1", "(1 + 1)")]],
    [
      columnIs("types.a", { default: "0" }),
      [{ column: "types.a", what: "default", expected: "0", found: "none" }],
    ],
    [columnIs("types.A", { type: "nothing", default: null }), missing("types.A", "missing")],
    [columnIs("types.x"), missing("types.x", "missing")],
    [columnIs("types.ctid"), missing("types.ctid", "missing")],
    [columnIs("nowhere.a", { nullable: true }), missing("nowhere.a", "there is no such table")],
  ]);
});
