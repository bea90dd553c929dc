import { test } from "node:test";
import { noInvalidIndexes, noUnvalidatedConstraints } from "../../../engine/index.ts";
import { openSession, openTarget, until } from "../target.ts";
import { assertFindings, type Finding } from "./finding.ts";

const schema = `
CREATE TABLE gifts (id int, note text);
ALTER TABLE gifts ADD CONSTRAINT "Not yet.valid" CHECK (note <> '') NOT VALID;
CREATE INDEX gifts_broken ON gifts (id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'gifts_broken'::regclass;
CREATE DOMAIN short AS text;
ALTER DOMAIN short ADD CONSTRAINT is_short CHECK (length(VALUE) < 9) NOT VALID;
CREATE SCHEMA "My.App";
CREATE TABLE "My.App"."Gift ""s""" ("Part.Key" int PRIMARY KEY) PARTITION BY LIST ("Part.Key");
CREATE TABLE "My.App".first PARTITION OF "My.App"."Gift ""s""" FOR VALUES IN (1);
CREATE INDEX "On.Only" ON ONLY "My.App"."Gift ""s""" ("Part.Key");`;

test("what is left behind in a database", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  const index = (inSchema: string, table: string, name: string): Finding[number] => ({
    schema: inSchema,
    table,
    index: name,
    state: "invalid",
  });
  const constraint = (name: string, on: string): Finding[number] => ({
    schema: "public",
    "table or domain": on,
    constraint: name,
    state: "not validated",
  });
  await assertFindings(t, database, [
    [noInvalidIndexes({ schema: "pg_catalog" }), []],
    [noInvalidIndexes(), [index("public", "gifts", "gifts_broken"), index("My.App", 'Gift "s"', "On.Only")]],
    [noInvalidIndexes({ schema: '"My.App"' }), [index("My.App", 'Gift "s"', "On.Only")]],
    [
      noInvalidIndexes({ schema: "my" }),
      [{ schema: "my", table: null, index: null, state: "there is no such schema" }],
    ],
    [noUnvalidatedConstraints({ schema: "My.App" }), []],
    [noUnvalidatedConstraints(), [constraint("Not yet.valid", "gifts"), constraint("is_short", "short")]],
    [
      noUnvalidatedConstraints({ schema: "my" }),
      [{ schema: "my", "table or domain": null, constraint: null, state: "there is no such schema" }],
    ],
  ]);
  await database.execute(`UPDATE pg_index SET indisvalid = true; ALTER TABLE gifts VALIDATE CONSTRAINT "Not yet.valid";
    ALTER DOMAIN short VALIDATE CONSTRAINT is_short`);
  await assertFindings(t, database, [
    [noInvalidIndexes(), []],
    [noUnvalidatedConstraints(), []],
  ]);
});

test("an index that is being built is not invalid", async (t) => {
  const { connection, database } = await openTarget(t);
  const builder = await openSession(t, connection);
  const watcher = await openSession(t, connection);
  await database.execute("CREATE TABLE gifts (id int)");
  await database.execute("BEGIN; INSERT INTO gifts VALUES (1)");
  const built = builder.execute("CREATE INDEX CONCURRENTLY built ON gifts (id)");
  await until(watcher, "SELECT FROM pg_stat_progress_create_index WHERE index_relid <> 0");
  await until(watcher, "SELECT FROM pg_index WHERE NOT indisvalid");
  await assertFindings(t, watcher, [[noInvalidIndexes(), []]]);
  await database.execute("ROLLBACK");
  await built;
});
