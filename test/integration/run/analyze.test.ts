import assert from "node:assert/strict";
import { test } from "node:test";
import type { Database, RunProgress } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { createRole, openSession, openTarget, run } from "../target.ts";

const base = {
  "0_base": `CREATE TABLE filled (a int); INSERT INTO filled SELECT generate_series(1, 100);
    CREATE TABLE "Re""written" (a int); INSERT INTO "Re""written" SELECT generate_series(1, 5000);
    CREATE TABLE small (a int); INSERT INTO small SELECT generate_series(1, 500);
    CREATE TABLE indexed (a int); INSERT INTO indexed SELECT generate_series(1, 5000);
    CREATE TABLE touched (a int); INSERT INTO touched VALUES (1);
    CREATE TABLE parted (a int) PARTITION BY RANGE (a); CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9);
    INSERT INTO parted SELECT 1 FROM generate_series(1, 5000); CREATE TABLE empty (a int)`,
};

const changes = {
  ...base,
  "1_changes": `ALTER TABLE "Re""written" ALTER a TYPE bigint;
    ALTER TABLE touched ADD b int; INSERT INTO touched VALUES (2); ALTER TABLE empty ALTER a TYPE bigint;
    ALTER TABLE small ALTER a TYPE bigint; CREATE TEMP TABLE scratch AS SELECT generate_series(1, 5000);
    CREATE TABLE created AS SELECT generate_series(1, 5000) AS a; CREATE INDEX ON parted (a);`,
  "2_index": "CREATE INDEX CONCURRENTLY i ON indexed (a)",
};

async function analyzed(database: Database): Promise<string[]> {
  const rows = await database.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE reltuples > 0 AND relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
  );
  return rows.map(({ relname }) => relname);
}

test("statistics are renewed of what was filled, rewritten or given an index, where that matters, and of nothing else", async (t) => {
  const { database } = await openTarget(t);
  await run(database, await createFolder(t, base), { options: { analyze: false } });
  assert.deepEqual(await analyzed(database), []);
  const events: RunProgress[] = [];
  const { failed } = await run(database, await createFolder(t, changes), {
    onProgress: (event) => events.push(event),
  });
  assert.equal(failed, undefined);
  assert.deepEqual(
    events.flatMap((event) => (event.event === "analyzing" ? [event.table] : [])),
    ['public."Re""written"', "public.created", "public.indexed", "public.part"],
  );
  assert.deepEqual(await database.query("SHOW lock_timeout"), [{ lock_timeout: "0" }]);
});

test("what cannot be analyzed is told, and what another role owns is left alone", async (t) => {
  const target = await openTarget(t);
  await run(target.database, await createFolder(t, base));
  const role = await createRole(t, target);
  await target.database.execute(
    `GRANT ALL ON ALL TABLES IN SCHEMA public TO "${role.user}"; GRANT ALL ON SCHEMA public TO "${role.user}"`,
  );
  const folder = await createFolder(t, {
    ...base,
    "1_own": "CREATE TABLE own AS SELECT generate_series(1, 5000) AS a",
    "2_x": "UPDATE touched SET a = 2",
  });
  const database = await openSession(t, role, { lockTimeoutMs: 200 });
  const holder = await openSession(t, target.connection);
  const events: RunProgress[] = [];
  const { failed } = await run(database, folder, {
    onProgress: (event) => {
      events.push(event);
      if (event.event === "applied" && event.migration === "2_x")
        void holder
          .execute("BEGIN; LOCK TABLE own IN SHARE ROW EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT")
          .catch(() => undefined);
    },
  });
  assert.equal(failed, undefined);
  assert.deepEqual(
    events.flatMap((event) => (event.event === "analyzing" ? [event.table] : [])),
    ["public.own"],
  );
});
