import { type TestContext, test } from "node:test";
import { sequencesAhead } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";
import { assertFindings, type Finding } from "./finding.ts";

/** What is found in tables of one column, `id`, each with a sequence of its own. */
async function assertFound(
  t: TestContext,
  script: string,
  found: readonly (readonly [
    table: string,
    sequence: string,
    last: string | null,
    holds: string | null,
    state?: string,
  ])[],
): Promise<void> {
  const { database } = await openTarget(t);
  await database.execute(script);
  const rows: Finding = found.map(([table, sequence, last, holds, state = "behind"]) => ({
    ...{ table, column: "id", sequence, "last value": last, "column holds": holds, state },
  }));
  await assertFindings(t, database, [[sequencesAhead(), rows]]);
}

const domains = `CREATE DOMAIN number AS int; CREATE DOMAIN "Gift number" AS number CHECK (VALUE > 0);`;

test("a column's type may be a domain over a domain", async (t) => {
  await assertFound(
    t,
    `${domains} CREATE SEQUENCE s; CREATE SEQUENCE u;
     CREATE TABLE gifts (id "Gift number" DEFAULT nextval('s')); INSERT INTO gifts VALUES (5);
     CREATE TABLE others (id "Gift number"); ALTER SEQUENCE u OWNED BY others.id; INSERT INTO others VALUES (1);`,
    [
      ["public.gifts", "public.s", "1", "5"],
      ["public.others", "public.u", "1", "1"],
    ],
  );
});

for (const defaults of [
  {
    plainly: `(nextval('s'::regclass))::int`,
    twice: `(nextval('s')::text)::int`,
    domain: `nextval('s')::number`,
    through: `nextval('s')::int::"Gift number"`,
    scale: `nextval('s')::numeric(20, 0)`,
  },
  {
    text: `nextval('s'::text)`,
    varying: `nextval('public.s'::varchar)::smallint`,
    upper: `nextval('Public.S'::text)`,
  },
])
  test(`the next value may be cast in a default, and the sequence's name be a text: ${Object.keys(defaults).join(", ")}`, async (t) => {
    const tables = Object.entries(defaults).map(
      ([name, written]) =>
        `CREATE TABLE a_${name} (id "Gift number" DEFAULT ${written}); INSERT INTO a_${name} VALUES (7);`,
    );
    await assertFound(
      t,
      `${domains} CREATE SEQUENCE s; SELECT nextval('s'); ${tables.join("\n")}`,
      Object.keys(defaults).map((name) => [`public.a_${name}`, "public.s", "1", "7"]),
    );
  });

test("what a default makes of the next value cannot be compared, and stands for the column even if that owns it", async (t) => {
  const defaults = [
    `10 * nextval('s')`,
    `-nextval('s')`,
    `(nextval('s')::int IS NOT NULL)::int`,
    `nextval('s')::int::boolean::int`,
    `('1' || nextval('s'))::int`,
    `left(nextval('s'::text)::text, 1)::int`,
    `coalesce(nextval('s'), 1)`,
  ];
  const tables = defaults.map(
    (written, at) => `CREATE TABLE t${at} (id int DEFAULT ${written}); INSERT INTO t${at} VALUES (7);`,
  );
  await assertFound(
    t,
    `CREATE SEQUENCE s; ${tables.join("\n")}
     CREATE TABLE owning (id serial); ALTER TABLE owning ALTER id SET DEFAULT 10 * nextval('owning_id_seq');
     INSERT INTO owning VALUES (7);
     CREATE TABLE moved (id serial); ALTER TABLE moved ALTER id SET DEFAULT nextval('s'); SELECT setval('s', 100);
     INSERT INTO moved VALUES (100);
     CREATE TABLE texts (id text DEFAULT 'A' || nextval('s')); INSERT INTO texts VALUES ('A200');
     CREATE TABLE asked (id serial); ALTER TABLE asked ALTER id DROP DEFAULT; INSERT INTO asked VALUES (3);`,
    [["public.asked", "public.asked_id_seq", "1", "3"]],
  );
});

test("a name that is a text is looked up in the connection's schema, or else in the table's", async (t) => {
  await assertFound(
    t,
    `CREATE SCHEMA "My.App"; CREATE SEQUENCE twin; CREATE SEQUENCE "My.App".twin START 10;
     CREATE SEQUENCE "My.App"."It's ""own"""; CREATE SEQUENCE "Twin";
     CREATE TABLE "My.App".a (id int DEFAULT nextval('twin'::text)); INSERT INTO "My.App".a VALUES (1);
     CREATE TABLE "My.App".b (id int DEFAULT nextval('"It''s ""own"""'::text)); INSERT INTO "My.App".b VALUES (2);
     CREATE TABLE c (id int DEFAULT nextval('"My.App"."twin"'::text)); INSERT INTO c VALUES (11);
     CREATE TABLE d (id int DEFAULT nextval('"Twin"')); INSERT INTO d VALUES (4);
     CREATE TABLE e (id int DEFAULT nextval('nowhere.twin'::text));`,
    [
      ['"My.App".a', "public.twin", "1", "1"],
      ['"My.App".b', String.raw`"My.App"."It's ""own"""`, "1", "2"],
      ["public.c", '"My.App".twin', "10", "11"],
      ["public.d", 'public."Twin"', "1", "4"],
      ["public.e", "nowhere.twin", null, null, "there is no such sequence"],
    ],
  );
});

test("sequences that fall, that are shared, that were never used, that begin again and that are used up", async (t) => {
  await assertFound(
    t,
    `CREATE SEQUENCE down INCREMENT -2 START 10 MINVALUE -10 MAXVALUE 10;
     CREATE TABLE falling (id int DEFAULT nextval('down')); INSERT INTO falling VALUES (10), (11);
     CREATE TABLE fallen (id int DEFAULT nextval('down')); INSERT INTO fallen VALUES (11);
     CREATE SEQUENCE fresh START 5;
     CREATE TABLE below (id int DEFAULT nextval('fresh')); INSERT INTO below VALUES (4);
     CREATE TABLE beyond (id int DEFAULT nextval('fresh')); INSERT INTO beyond VALUES (5);
     CREATE TABLE empty (id int DEFAULT nextval('fresh'));
     CREATE SEQUENCE round MAXVALUE 3 CYCLE;
     CREATE TABLE shards (id int DEFAULT nextval('round'));
     INSERT INTO shards SELECT FROM generate_series(1, 4);
     CREATE SEQUENCE short MAXVALUE 2;
     CREATE TABLE full_up (id int DEFAULT nextval('short')); INSERT INTO full_up DEFAULT VALUES;
     INSERT INTO full_up DEFAULT VALUES;
     CREATE TABLE identity (id smallint GENERATED ALWAYS AS IDENTITY (INCREMENT -1)); INSERT INTO identity DEFAULT VALUES;
     INSERT INTO identity OVERRIDING SYSTEM VALUE VALUES (-2)`,
    [
      ["public.falling", "public.down", "10", "10"],
      ["public.beyond", "public.fresh", "5", "5"],
      ["public.full_up", "public.short", "2", "2", "used up"],
      ["public.identity", "public.identity_id_seq", "-1", "-2"],
    ],
  );
});

test("a name that cannot be one is no sequence", async (t) => {
  await assertFound(t, `CREATE TABLE f (id int DEFAULT nextval('not a name'::text))`, [
    ["public.f", "not a name", null, null, "there is no such sequence"],
  ]);
});
