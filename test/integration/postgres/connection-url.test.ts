import assert from "node:assert/strict";
import { test } from "node:test";
import { preflight, runCommand, stepsOf } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run, type Target } from "../target.ts";

function urlOf({ host, port, database, user, password }: Target["connection"], query: string): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?${query}`;
}

test("the parameters of a URL lead the session and a command to the same database", async (t) => {
  const { connection } = await openTarget(t);
  const { host, port, database, user, password } = connection;
  const target = new URLSearchParams({ host, port: String(port), dbname: database, user, password });
  const url = `postgresql://nobody:nothing@192.0.2.1:1/nowhere?${target.toString()}`;
  const session = await openSession(t, { url });
  const [found] = await session.query<{ name: string }>("SELECT current_database() AS name");
  assert.equal(found?.name, database);
  const lines: string[] = [];
  const status = await runCommand(
    {
      command: `printf '%s\\n' "$PGHOST:$PGPORT/$PGDATABASE" "\${DATABASE_URL#*@}"`,
      ...{ connection: { url }, pending: ["1_a"] },
    },
    { write: (_, line) => lines.push(line) },
  );
  const place = `${host}:${port}/${database}`;
  assert.deepEqual([status, lines], [0, [place, `${place}?sslmode=disable`]]);
});

test("a search path of several schemas stays as it is given, and its first has the ledger", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute(
    "CREATE SCHEMA extensions; CREATE FUNCTION extensions.one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  );
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a AS SELECT one() AS b" });
  for (const query of ["search_path=app,extensions", "options=-csearch_path%3Dapp%2Cextensions"]) {
    const given = { url: urlOf(connection, query) };
    const { plan } = await preflight({ connection: given, folder });
    const session = await openSession(t, given);
    const [row] = await session.query("SELECT current_setting('search_path') AS path");
    assert.deepEqual(row, { path: "app,extensions" });
    assert.equal(plan.ledger, '"app"."_prisma_migrations"');
    await run(session, folder);
    assert.equal(stepsOf((await preflight({ connection: given, folder })).plan, "apply").length, 0);
  }
  assert.equal((await database.query("SELECT FROM app.a")).length, 1);
});

test("options and the name of the application reach the server", async (t) => {
  const { connection } = await openTarget(t);
  const session = await openSession(t, {
    url: urlOf(connection, "application_name=shop&options=-c%20statement_timeout%3D4567&connect_timeout=0"),
  });
  const [row] = await session.query(
    "SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout",
  );
  assert.deepEqual(row, { name: "shop", timeout: "4567ms" });
});
