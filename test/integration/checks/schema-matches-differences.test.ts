import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, migrated, rowsOf } from "./schema-comparison.ts";

test("each object that differs is one row", async (t) => {
  const target = await migrated(t);
  const { database } = target;
  await database.execute(`
    CREATE INDEX by_note ON "Gift" (note);
    ALTER TABLE "Gift" ALTER COLUMN note DROP DEFAULT;
    CREATE OR REPLACE FUNCTION total(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a - b';
    DROP TABLE events_2025;
    CREATE TABLE "Extra" (id serial PRIMARY KEY, note text);`);
  assert.deepEqual(await rowsOf(target), [
    {
      ...{ kind: "column", object: "Gift.note", state: "differs" },
      here: "text COMMENT 'what it is for'",
      folder: "text DEFAULT 'none'::text COMMENT 'what it is for'",
    },
    {
      ...{ kind: "function", object: "total(integer, integer)", state: "differs" },
      here: "… $function$SELECT a - b$function$",
      folder: "… $function$SELECT a + b$function$",
    },
    { kind: "index", object: "by_note", state: "only here" },
    { kind: "table", object: "Extra", state: "only here" },
    { kind: "table", object: "events_2025", state: "only in the folder" },
  ]);
  assert.deepEqual(
    await rowsOf(target, { ignore: ["Gift*", "by_note", "total", "public.Extra", "events_2025"] }),
    [],
  );
});

/** What is changed, and how the object that differs is shown: its state, or the end of both definitions. */
const changes: (readonly [change: string, object: string, here: RegExp | string, folder?: RegExp])[][] = [
  [
    [`ALTER TYPE "Status" ADD VALUE 'LOST'`, "type Status", /'PAID', 'LOST'\)$/, /'PAID'\)$/],
    [`ALTER TABLE "Gift" DISABLE TRIGGER touched`, "trigger Gift.touched", /DISABLED$/, /touch\(\)$/],
    [`ALTER TABLE "Gift" DISABLE ROW LEVEL SECURITY`, "table Gift", /^$/, /^ROW LEVEL SECURITY$/],
    [`ALTER SEQUENCE "Gift_id_seq" INCREMENT 2`, "sequence Gift_id_seq", /INCREMENT 2/, /INCREMENT 1/],
    [`ALTER TABLE "Gift" ALTER city SET NOT NULL`, "column Gift.city", /"C" NOT NULL$/, /^text COLLATE "C"$/],
  ],
  [
    [`ALTER TABLE "Gift" DROP CONSTRAINT named`, "constraint Gift.named", "only in the folder"],
    [`DROP POLICY own ON "Gift"`, "policy Gift.own", "only in the folder"],
    [
      `ALTER DOMAIN amount DROP CONSTRAINT amount_check`,
      "constraint amount.amount_check",
      "only in the folder",
    ],
    [`CREATE INDEX events_at ON events (at)`, "index events_at", "only here"],
    [`ALTER TABLE "Gift" ADD UNIQUE (note)`, "constraint Gift.Gift_note_key", "only here"],
  ],
  [
    [
      `CREATE OR REPLACE VIEW open_gifts AS SELECT id, note FROM "Gift"`,
      "view open_gifts",
      /"Gift";$/,
      /WHERE/,
    ],
    [
      `CREATE TABLE p PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
      "table p",
      "only here",
    ],
    [
      `ALTER TABLE events DETACH PARTITION events_2025; DROP TABLE events_2025`,
      "table events_2025",
      "only in the folder",
    ],
    [`CREATE EXTENSION pg_trgm`, "extension pg_trgm", "only here"],
    [`CREATE STATISTICS s ON id, kind FROM events`, "statistics s", "only here"],
  ],
];

for (const group of changes)
  test(`a difference in ${group.map(([, object]) => object).join(", ")}`, async (t) => {
    const target = await migrated(t);
    await target.database.execute(group.map(([change]) => change).join(";"));
    const found = new Map((await rowsOf(target)).map((row) => [`${row["kind"]} ${row["object"]}`, row]));
    for (const [, object, here, folder = /^$/] of group) {
      const row = found.get(object);
      if (typeof here === "string") assert.deepEqual(row?.["state"], here, object);
      else {
        assert.match(row?.["here"] ?? "", here, object);
        assert.match(row?.["folder"] ?? "", folder, object);
      }
    }
    assert.equal(found.size, group.length);
  });

test("a long list is led by what is in both, and a table that only one side has is one of it", async (t) => {
  const target = await migrated(t);
  await target.database.execute(`
    DROP TABLE "Gift" CASCADE;
    CREATE TABLE audit_a (id serial PRIMARY KEY); CREATE TABLE audit_b (); ALTER TABLE audit_log ADD b int;
    ALTER TABLE billing.bills ALTER id TYPE bigint`);
  const both = ["public", "billing"];
  const { violations, rows } = await evaluate(target, { schemas: both });
  assert.deepEqual(rows[0], {
    kind: "column",
    object: "billing.bills.id",
    state: "differs",
    here: "bigint",
    folder: "integer",
  });
  assert.deepEqual([violations, rows.length], [8, 5]);
  const ignored = await rowsOf(target, {
    schemas: both,
    ignore: ["audit_*", "bills", "donors", "notes", "public.open_gifts"],
  });
  assert.deepEqual(ignored, [{ kind: "table", object: "Gift", state: "only in the folder" }]);
  assert.deepEqual(await rowsOf(target, { schemas: ["billing"], ignore: ["billing.bills.id"] }), []);
});
