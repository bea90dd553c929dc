import { test } from "node:test";
import { constraintExists, enumHas, extensionInstalled, indexExists } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";
import { assertFindings, type Finding } from "./finding.ts";

const schema = `
CREATE SCHEMA "My.App";
CREATE TYPE status AS ENUM ('OPEN', 'PAID', 'it''s');
CREATE TYPE "My.App"."Status" AS ENUM ('a');
CREATE TABLE gifts (id bigint PRIMARY KEY, donor int REFERENCES gifts, amount int CHECK (amount > 0) UNIQUE, note text,
  "Part.Key" int, during int4range, EXCLUDE USING gist (during WITH &&));
ALTER TABLE gifts ADD CONSTRAINT "Not yet.valid" CHECK (note <> '') NOT VALID;
CREATE INDEX gifts_note ON gifts (lower(note), "Part.Key" DESC) INCLUDE (id);
CREATE TABLE "My.App"."Gift ""s""" ("Id" int, "Part.Key" int, PRIMARY KEY ("Id", "Part.Key"))
  PARTITION BY LIST ("Part.Key");
UPDATE pg_extension SET extversion = '3.10.0dev' WHERE extname = 'plpgsql';`;

const odd = '"My.App"."Gift ""s"""';

test("indexes, constraints, enums and extensions", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  const state = (table: string, constraint: string, found: string): Finding => [
    { table, constraint, state: found },
  ];
  await assertFindings(t, database, [
    [indexExists("gifts_note", { columns: ["lower(note)", "Part.Key"] }), []],
    [indexExists("gifts_pkey", { columns: ["id"], unique: true }), []],
    [indexExists('"My.App"."Gift ""s""_pkey"', { columns: ["Id", "Part.Key"] }), []],
    [
      indexExists("gifts_note", { columns: ["Part.Key", "lower(note)"] }),
      [
        {
          index: "gifts_note",
          state: "on other columns",
          columns: "lower(note), Part.Key",
          "expected columns": "Part.Key, lower(note)",
        },
      ],
    ],
    [
      indexExists("gifts_note", { columns: ["lower(note)"], unique: true }),
      [
        {
          index: "gifts_note",
          state: "not unique",
          columns: "lower(note), Part.Key",
          "expected columns": "lower(note)",
        },
      ],
    ],
    [
      indexExists("nothing", { columns: ["id"] }),
      [{ index: "nothing", state: "missing", columns: "", "expected columns": "id" }],
    ],
    [constraintExists("gifts", "gifts_pkey", { type: "primary key" }), []],
    [constraintExists("public.gifts", "gifts_amount_key", { type: "unique" }), []],
    [constraintExists("gifts", "gifts_donor_fkey", { type: "foreign key" }), []],
    [constraintExists("gifts", "gifts_during_excl", { type: "exclusion" }), []],
    [constraintExists(odd, '"Gift ""s""_pkey"'), []],
    [constraintExists(odd, 'Gift "s"_pkey'), []],
    [
      constraintExists("gifts", "gifts_amount_key", { type: "check" }),
      state("gifts", "gifts_amount_key", "of another type: unique"),
    ],
    [constraintExists("gifts", "Not yet.valid"), state("gifts", "Not yet.valid", "not validated")],
    [constraintExists("gifts", "nothing"), state("gifts", "nothing", "missing")],
    [constraintExists("nowhere", "nothing"), state("nowhere", "nothing", "there is no such table")],
    [enumHas("status", ["it's", "OPEN"]), []],
    [enumHas('"My.App".Status', ["a"], { exactly: true }), []],
    [enumHas("public.status", ["OPEN", "PAID", "it's"], { exactly: true }), []],
    [
      enumHas("status", ["OPEN", "LOST", "NEW"]),
      [
        { enum: "status", expected: "LOST", found: "OPEN, PAID, it's" },
        { enum: "status", expected: "NEW", found: "OPEN, PAID, it's" },
      ],
    ],
    [
      enumHas("status", ["PAID", "OPEN", "it's"], { exactly: true }),
      [{ enum: "status", expected: "PAID, OPEN, it's", found: "OPEN, PAID, it's" }],
    ],
    [enumHas("Status", ["a"]), [{ enum: "Status", expected: "a", found: "there is no such enum" }]],
    [enumHas("gifts", ["a"]), [{ enum: "gifts", expected: "a", found: "there is no such enum" }]],
    [extensionInstalled("plpgsql"), []],
    [extensionInstalled("plpgsql", { atLeast: "3.9" }), []],
    [extensionInstalled("plpgsql", { atLeast: "3.10.0.0" }), []],
    [
      extensionInstalled("plpgsql", { atLeast: "3.10.1" }),
      [{ extension: "plpgsql", installed: "3.10.0dev", "at least": "3.10.1" }],
    ],
    [extensionInstalled("uuid-ossp"), [{ extension: "uuid-ossp", installed: "missing" }]],
  ]);
});
