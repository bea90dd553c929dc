import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import {
  type Check,
  columnIs,
  foreignKeyExists,
  http,
  notNull,
  returnsNoRows,
  runChecks,
  smoke,
  sumPreserved,
} from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run } from "../target.ts";

for (const [what, base, change, check] of [
  [
    "a float that becomes numeric",
    "CREATE TABLE a (v float8); INSERT INTO a VALUES (123456789012345.67)",
    "ALTER TABLE a ALTER v TYPE numeric",
    sumPreserved("a.v"),
  ],
  [
    "one beside a NaN",
    "CREATE TABLE a (v numeric); INSERT INTO a VALUES ('NaN'), (5)",
    "DELETE FROM a WHERE v = 5",
    sumPreserved("a.v"),
  ],
  [
    "a NaN",
    "CREATE TABLE a (v numeric); INSERT INTO a VALUES ('NaN'), (5)",
    "DELETE FROM a WHERE v = 'NaN'",
    sumPreserved("a.v"),
  ],
] as const)
  test(`a sum that has changed is seen: ${what}`, async (t) => {
    const { database } = await openTarget(t);
    await run(database, await createFolder(t, { "0_a": base }));
    const { failed } = await run(database, await createFolder(t, { "0_a": base, "1_x": change }), {
      checks: [check],
    });
    assert.deepEqual(
      failed?.violated.map(({ check: name }) => name),
      [check.name],
    );
  });

test("what looks as if it held is looked at closely", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(
    `CREATE TABLE donors (id int PRIMARY KEY);
     CREATE TABLE gifts (id int, email text, donor int REFERENCES donors, c donors, PRIMARY KEY (id) INCLUDE (email));
     INSERT INTO gifts VALUES (1, 'ann@example.com', NULL, ROW(NULL))`,
  );
  const outcome = async (check: Check): Promise<unknown> => {
    const [result] = await runChecks({ database, checks: [check] });
    return result?.outcome === "violated" ? result.rows : result?.outcome;
  };
  assert.deepEqual(await outcome(notNull("gifts.donor")), [{ key: "id = 1", "NULL in": "donor" }]);
  assert.equal(await outcome(notNull("gifts.c")), "holds", "a row of NULLs is no NULL");
  const key = foreignKeyExists("gifts.donor", "donors.id");
  assert.equal(await outcome(key), "holds");
  await database.execute("ALTER TABLE gifts DISABLE TRIGGER ALL");
  assert.deepEqual(await outcome(key), [
    { column: "gifts.donor", references: "donors.id", "foreign key": "its triggers are disabled" },
  ]);
  const [{ version } = { version: 0 }] = await database.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  if (version < 180_000)
    return t.diagnostic("constraints NOT NULL that are NOT VALID exist from version 18 on");
  await database.execute("ALTER TABLE gifts ADD CONSTRAINT n NOT NULL donor NOT VALID");
  assert.notEqual(await outcome(columnIs("gifts.donor", { nullable: false })), "holds");
});

test("a lock that is held for a while delays a run, whatever kind of check waits for it", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 100 } });
  const base = { "0_a": "CREATE TABLE a (b int)" };
  await run(database, await createFolder(t, base));
  const holder = await openSession(t, connection);
  const folder = await createFolder(t, {
    ...base,
    "1_x": "-- check: none\n-- SELECT b FROM a WHERE b < 0\nCREATE TABLE x ();",
  });
  await holder.execute("BEGIN; LOCK TABLE a");
  setTimeout(() => void holder.execute("COMMIT").catch(() => undefined), 700);
  let retries = 0;
  const { failed, warnings } = await run(database, folder, {
    checks: [
      smoke("smoke", "INSERT INTO a VALUES (1)"),
      returnsNoRows("rows", "SELECT b FROM a WHERE b < 0"),
    ],
    onProgress: ({ event }) => {
      if (event === "started") {
        void holder.execute("BEGIN; LOCK TABLE a").catch(() => undefined);
        setTimeout(() => void holder.execute("COMMIT").catch(() => undefined), 700);
      }
      if (event === "retrying") retries++;
    },
  });
  assert.deepEqual([failed, warnings], [undefined, []]);
  assert.ok(retries > 0);
});

test("what need not hold stops nothing by waiting for a lock either", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 100 } });
  const base = { "0_a": "CREATE TABLE a (b int)" };
  await run(database, await createFolder(t, base));
  await (await openSession(t, connection)).execute("BEGIN; LOCK TABLE a");
  const { failed, warnings } = await run(
    database,
    await createFolder(t, { ...base, "1_x": "CREATE TABLE x ()" }),
    {
      checks: [returnsNoRows("rows", "SELECT b FROM a WHERE b < 0", { severity: "warn" })],
      options: { lockRetryMs: 500 },
    },
  );
  assert.equal(failed, undefined);
  assert.equal(warnings[0]?.error?.sqlstate, "55P03");
});

test("headers are not handed to another server, and a redirect can be what is expected", async (t) => {
  const { database } = await openTarget(t);
  const seen: (string | undefined)[] = [];
  const other = await serve(t, (request, response) => {
    seen.push(request.headers["x-api-key"] as string | undefined);
    response.end("{}");
  });
  const first = await serve(t, (request, response) => {
    if (request.url === "/own") return response.end("{}");
    response.writeHead(302, { location: request.url === "/" ? "/own" : `http://127.0.0.1:${other}/` }).end();
    return undefined;
  });
  const headers = { "x-api-key": "hidden" };
  const url = `http://127.0.0.1:${first}`;
  const checks = [
    http("within", `${url}/`, { headers, retries: 0 }),
    http("elsewhere", `${url}/away`, { headers, retries: 0 }),
    http("redirected", `${url}/away`, { status: 302, retries: 0 }),
  ];
  const results = await runChecks({ database, checks });
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ["holds", "holds", "holds"],
  );
  assert.deepEqual(seen, [undefined]);
});

async function serve(t: TestContext, answer: Parameters<typeof createServer>[1]): Promise<number> {
  const server: Server = createServer(answer as never).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}
