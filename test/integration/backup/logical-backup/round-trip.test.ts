import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import {
  completeLogicalBackup,
  connect,
  findLogicalBackup,
  logicalBackupExists,
  identifyLogicalBackup,
} from "../../../../engine/index.ts";
import { quoteIdentifier } from "../../../../engine/postgres/text/identifier.ts";
import { stateOf } from "../../../database-state.ts";
import { useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, dumpOrFail, namesIn, runShell, takeBackup } from "./taken-backup.ts";

useDumpableServer();

const contents = `
CREATE SCHEMA "Odd.one"; CREATE SCHEMA "DATA";
CREATE TABLE "Odd.one"."Mixed Case" (id serial PRIMARY KEY, "a b" text, e bytea, at timestamptz);
INSERT INTO "Odd.one"."Mixed Case" ("a b", e, at)
  SELECT E'line\\none \\\\ tab\\t' || i, decode(md5(i::text), 'hex'), '2026-01-01 12:00+02'::timestamptz + i * interval '1 second'
    FROM generate_series(1, 5000) AS i;
CREATE TABLE "DATA"."quo""te $x" (id bigint GENERATED ALWAYS AS IDENTITY (START 41), n numeric, j jsonb);
INSERT INTO "DATA"."quo""te $x" (n, j) SELECT i / 7.0, jsonb_build_object('i', i) FROM generate_series(1, 100) AS i;
CREATE TABLE "line
end" (a int); INSERT INTO "line
end" VALUES (1);
CREATE TABLE nothing (); CREATE TABLE empty (a int); CREATE UNLOGGED TABLE fleeting AS SELECT 1 AS a;
CREATE TABLE parts (id int, k int) PARTITION BY LIST (k);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2) PARTITION BY RANGE (id);
CREATE TABLE parts_2a PARTITION OF parts_2 FOR VALUES FROM (0) TO (100);
INSERT INTO parts VALUES (1, 1), (2, 2), (3, 2);
CREATE SEQUENCE alone START 7; SELECT nextval('alone'), nextval('alone');
CREATE MATERIALIZED VIEW summary AS SELECT count(*) FROM parts;
CREATE MATERIALIZED VIEW unfilled AS SELECT 1 AS a WITH NO DATA;
CREATE VIEW seen AS SELECT * FROM parts WHERE id > 1;
CREATE EXTENSION pg_trgm; CREATE INDEX ON "Odd.one"."Mixed Case" USING gin ("a b" gin_trgm_ops);
CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
SELECT lo_from_bytea(4711, 'large');
`;

for (const archive of [
  { format: "custom" },
  { format: "directory", jobs: 2, compress: "1" },
  // Of three jobs each makes a connection of its own, which has to find a database of such a name as well.
  { format: "directory", jobs: 3, name: `quote's "and" $HOME = \`x\`\\ -dash` },
  { format: "custom", name: "-postgresql://elsewhere/x?host=nowhere" },
] as const)
  test(`what is dumped comes back exactly: ${JSON.stringify(archive)}`, async (t) => {
    const { name, ...options } = { name: undefined, ...archive };
    const source = await createSource(t, contents);
    const connection = { ...source.connection, database: name ?? source.connection.database };
    const maintenance = await connect({ ...source.connection, database: "postgres" });
    const restored = `${connection.database}_restored`;
    t.after(async () => {
      await maintenance.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(restored)}`);
      if (name !== undefined) await maintenance.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`);
      await maintenance.close();
    });
    await source.database.close();
    if (name !== undefined)
      await maintenance.execute(
        `ALTER DATABASE ${source.connection.database} RENAME TO ${quoteIdentifier(name)}`,
      );

    const request = { ...source.request, ...options, connection, restore: "always" as const };
    const backup = await takeBackup(request);
    assert.equal(backup.method, "logicalBackup");
    assert.equal(backup.verified.by, "restore", backup.verified.notRestored);
    assert.equal(backup.verified.tables, 9);
    assert.equal(backup.verified.rows, 5000 + 100 + 1 + 1 + 3 + 1);
    assert.ok(!JSON.stringify(backup).includes(connection.password));

    const { code, output } = await runShell(backup.restoreCommand, { PGPASSWORD: connection.password });
    assert.equal(code, 0, output);
    const copy = { ...connection, database: restored } as never;
    assert.deepEqual(await stateOf(copy), await stateOf(connection as never));
    const session = await connect(copy);
    assert.deepEqual(
      await session.query(
        `SELECT nextval('alone')::int AS alone, convert_from(lo_get(4711), 'UTF8') AS large,
                (SELECT count(*)::int FROM parts) AS parts, nextval('"DATA"."quo""te $x_id_seq"')::int AS identity`,
      ),
      [{ alone: 9, large: "large", parts: 3, identity: 141 }],
    );
    await session.close();
  });

test("a finished backup is private, has a manifest, is found again and completed only once", async (t) => {
  const { request, folder, connection } = await createSource(t);
  const identity = await identifyLogicalBackup(request);
  assert.deepEqual(await namesIn(folder), []);
  assert.equal(await logicalBackupExists(request, identity), false);
  await dumpOrFail(request, identity);
  assert.deepEqual(await namesIn(folder), [basename(identity.temporaryPath)]);
  const backup = await completeLogicalBackup(request, identity);
  assert.deepEqual(await namesIn(folder), [identity.name, `${identity.name}.json`]);
  for (const name of await namesIn(folder))
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
  assert.equal(backup.id, join(folder, identity.name));
  assert.equal(backup.sizeBytes, (await stat(backup.id)).size);
  assert.deepEqual([backup.verified.by, backup.verified.tables], ["archive", 1]);
  assert.equal(Date.parse(backup.expiresAt ?? "") - Date.parse(backup.takenAt), 30 * 86_400_000);
  assert.equal(await logicalBackupExists(request, identity), true);

  // A command that is run again, and a provider that died before its result was stored.
  await dumpOrFail(request, identity);
  assert.deepEqual(await completeLogicalBackup(request, identity), backup);
  assert.deepEqual(await namesIn(folder), [identity.name, `${identity.name}.json`]);
  const found = await findLogicalBackup({ location: backup.id, connection });
  assert.deepEqual({ ...found, restoreCommand: "" }, { ...backup, restoreCommand: "" });
});

test("a folder that does not exist is made for its owner alone, and so is an archive in directory format", async (t) => {
  const { request, folder } = await createSource(t);
  const directory = join(folder, "new folder/inner");
  const backup = await takeBackup({ ...request, target: { directory }, format: "directory" });
  for (const path of [directory, backup.id]) assert.equal((await stat(path)).mode & 0o777, 0o700);
  for (const name of await namesIn(backup.id))
    assert.equal((await stat(join(backup.id, name))).mode & 0o777, 0o600);
});
