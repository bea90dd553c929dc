import { test } from "node:test";
import { queryCostBelow, queryUsesIndex } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";
import { assertFindings } from "./finding.ts";

const schema = `
CREATE TABLE gifts (id bigint PRIMARY KEY, donor int, note text);
INSERT INTO gifts SELECT n, n % 1000, n % 2 FROM generate_series(1, 20000) AS n;
CREATE INDEX gifts_donor_idx ON gifts (donor);
CREATE SCHEMA other;
CREATE TABLE other.gifts (donor int, amount int);
INSERT INTO other.gifts SELECT n, n FROM generate_series(1, 5000) AS n;
CREATE INDEX gifts_donor_idx ON other.gifts (donor);
CREATE TABLE parted (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY RANGE (id);
CREATE TABLE parted_1_1 PARTITION OF parted_1 FOR VALUES FROM (0) TO (10000);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO parted SELECT n, '2020-01-01'::date + n % 700 FROM generate_series(1, 9000) AS n;
CREATE INDEX "Parted.Id" ON parted (id);
ANALYZE;`;

const byDonor = "SELECT * FROM gifts WHERE donor = 7";

test("whether a query uses an index", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  const index = "gifts_donor_idx";
  const unused = (name: string, scans: string) => [{ index: name, state: "not used", scans }];
  await assertFindings(t, database, [
    [queryUsesIndex("bitmap", `${byDonor};`, { index }), []],
    [queryUsesIndex("schema", `-- why\n${byDonor} -- and how`, { index: "public.gifts_donor_idx" }), []],
    [queryUsesIndex("scan", "SELECT * FROM gifts WHERE id = 7", { index: "gifts_pkey" }), []],
    [
      queryUsesIndex("only", "SELECT donor FROM other.gifts WHERE donor = 7", {
        index: "other.gifts_donor_idx",
      }),
      [],
    ],
    [queryUsesIndex("or", `${byDonor} OR id = 3`, { index: "gifts_pkey" }), []],
    [queryUsesIndex("subquery", `SELECT (SELECT count(*) FROM (${byDonor}) AS g)`, { index }), []],
    [queryUsesIndex("parted", "SELECT * FROM parted WHERE id = 7", { index: '"Parted.Id"' }), []],
    [
      queryUsesIndex("pruned", "SELECT * FROM parted WHERE id = 7 AND day < '2020-03-01'", {
        index: '"Parted.Id"',
      }),
      [],
    ],
    [
      queryUsesIndex("another's", byDonor, { index: "other.gifts_donor_idx" }),
      [
        {
          index: "other.gifts_donor_idx",
          state: "not used",
          scans: "Bitmap Heap Scan on gifts, Bitmap Index Scan on gifts_donor_idx",
        },
      ],
    ],
    [queryUsesIndex("all", "SELECT note FROM gifts", { index }), unused(index, "Seq Scan on gifts")],
    [
      queryUsesIndex("calculated", "SELECT * FROM other.gifts WHERE donor + 0 = 7", {
        index: "other.gifts_donor_idx",
      }),
      unused("other.gifts_donor_idx", "Seq Scan on gifts"),
    ],
    [queryUsesIndex("no table", "SELECT 1", { index }), unused(index, "none")],
    [
      queryUsesIndex("other key", "SELECT * FROM gifts WHERE id = 7", { index }),
      unused(index, "Index Scan using gifts_pkey on gifts"),
    ],
    [
      queryUsesIndex("missing", "SELECT * FROM gifts WHERE id = 7", { index: "nowhere.gone" }),
      [{ index: "nowhere.gone", state: "missing", scans: "Index Scan using gifts_pkey on gifts" }],
    ],
    [
      queryUsesIndex("a table", "SELECT note FROM gifts", { index: "gifts" }),
      [{ index: "gifts", state: "missing", scans: "Seq Scan on gifts" }],
    ],
    [queryUsesIndex("gone", "SELECT * FROM gone", { index }), /"gone" does not exist/],
  ]);
});

test("what a query costs", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(
    "CREATE TABLE gifts (id int); INSERT INTO gifts SELECT generate_series(1, 10000); ANALYZE",
  );
  await assertFindings(t, database, [
    [queryCostBelow("cheap", "SELECT 1; -- why", { cost: 0.01 }), []],
    [queryCostBelow("just", "SELECT * FROM gifts", { cost: 145 }), []],
    [queryCostBelow("dear", "SELECT * FROM gifts", { cost: 144.5 }), [{ cost: "145", limit: "144.5" }]],
    [queryCostBelow("gone", "SELECT * FROM gone", { cost: 1 }), /"gone" does not exist/],
  ]);
});
