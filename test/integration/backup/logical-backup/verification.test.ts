import assert from "node:assert/strict";
import { truncate, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  completeLogicalBackup,
  connect,
  findLogicalBackup,
  identifyLogicalBackup,
  openShadow,
} from "../../../../engine/index.ts";
import { compareRestored } from "../../../../engine/backup/logical-backup/restored-comparison.ts";
import { useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, dumpOrFail, namesIn, refusal, takeBackup } from "./taken-backup.ts";
import { openSession } from "../../target.ts";

useDumpableServer();

const fewKilobytes =
  "CREATE TABLE gifts AS SELECT i AS id, md5(i::text) AS note FROM generate_series(1, 3000) AS i";

test("an archive that was cut off anywhere is refused and removed", async (t) => {
  const { request, folder } = await createSource(t, fewKilobytes);
  for (const part of [0, 0.01, 0.1, 0.5, 0.9, 0.999]) {
    const identity = await identifyLogicalBackup(request);
    await dumpOrFail(request, identity);
    await truncate(identity.temporaryPath, Math.floor((await stat(identity.temporaryPath)).size * part));
    await assert.rejects(
      completeLogicalBackup(request, identity),
      refusal(part < 0.1 ? "ARCHIVE_UNREADABLE" : "ARCHIVE_DAMAGED", /Take a new backup/),
    );
    assert.deepEqual(await namesIn(folder), []);
  }
});

test("a restore refuses what is cut off, too, and files that are missing of a directory", async (t) => {
  const { request, folder } = await createSource(t, fewKilobytes);
  const restoring = { ...request, restore: "always", format: "directory" } as const;
  const identity = await identifyLogicalBackup(restoring);
  await dumpOrFail(restoring, identity);
  const data = (await namesIn(identity.temporaryPath)).find((name) => name.endsWith(".dat.gz")) ?? "";
  await truncate(join(identity.temporaryPath, data), 100);
  await assert.rejects(
    completeLogicalBackup(restoring, identity),
    refusal("ARCHIVE_NOT_RESTORABLE", /cannot be restored: pg_restore: error/),
  );
  assert.deepEqual(await namesIn(folder), []);
});

test("what the archive lacks is named: a table, a partition, a sequence, a materialized view, large objects", async (t) => {
  const { request, folder, database } = await createSource(t);
  const identity = await identifyLogicalBackup(request);
  await dumpOrFail(request, identity);
  await database.execute(
    `CREATE TABLE "Late One" (id serial); CREATE TABLE parts (k int) PARTITION BY LIST (k);
     CREATE TABLE part PARTITION OF parts FOR VALUES IN (1); CREATE MATERIALIZED VIEW late AS SELECT 1;
     SELECT lo_from_bytea(0, 'x')`,
  );
  await assert.rejects(
    completeLogicalBackup(request, identity),
    refusal(
      "ARCHIVE_INCOMPLETE",
      /lacks the table public\."Late One", the sequence public\."Late One_id_seq", the materialized view public\.late, the table public\.part, the large objects\. /,
    ),
  );
  assert.deepEqual(await namesIn(folder), []);
});

test("a table that came back empty is refused; one that was filled meanwhile is only said", async (t) => {
  const { request, database } = await createSource(
    t,
    "CREATE TABLE gifts (id int); CREATE TABLE queue (id int)",
  );
  await database.execute("INSERT INTO gifts VALUES (1)");
  const restoring = { ...request, restore: "always" } as const;
  // A transaction elsewhere on the server that is older than the row hides nothing.
  const busy = await openSession(t, { ...request.connection, database: "postgres" });
  await busy.execute("BEGIN; SELECT txid_current()");
  await database.execute("DELETE FROM gifts; INSERT INTO gifts VALUES (1)");
  const identity = await identifyLogicalBackup(restoring);
  await dumpOrFail(restoring, identity);
  await database.execute("INSERT INTO queue VALUES (1); INSERT INTO gifts VALUES (2)");
  const said: string[] = [];
  const backup = await completeLogicalBackup(restoring, identity, { onProgress: (line) => said.push(line) });
  assert.deepEqual([backup.verified.by, backup.verified.rows], ["restore", 1]);
  assert.match(
    said.join("\n"),
    /written after the backup started: .*public"\."gifts" 1 \(now 2\), "public"\."queue" 0 \(now 1\)/,
  );
  // Rows that were there before the dump began are missed, those of the queue are not.
  const lossy = await createSource(t, "CREATE TABLE gifts (id int); CREATE TABLE queue (id int)");
  await assert.rejects(
    compareRestored({
      original: database,
      restored: lossy.database,
      snapshot: identity.snapshot,
      sameVersion: true,
      withoutPolicies: false,
    }),
    refusal("BACKUP_DIFFERS", /: "public"\."gifts" came back empty\. /),
  );
});

test("a schema that differs from what was restored is refused", async (t) => {
  const { request, database } = await createSource(t);
  const restoring = { ...request, restore: "always" } as const;
  const identity = await identifyLogicalBackup(restoring);
  await dumpOrFail(restoring, identity);
  await database.execute("CREATE INDEX late ON gifts (note)");
  await assert.rejects(
    completeLogicalBackup(restoring, identity),
    refusal("BACKUP_DIFFERS", /index (public\.)?late is missing/),
  );
});

test("the caller looks at what was restored, and may refuse it", async (t) => {
  const { request, folder } = await createSource(t);
  const restoring = { ...request, restore: "always" } as const;
  let seen: unknown[] = [];
  await takeBackup(restoring, {
    async onRestored(connection) {
      const session = await connect(connection);
      seen = await session.query("SELECT id, note FROM gifts ORDER BY id");
      await session.close();
    },
  });
  assert.deepEqual(seen, [
    { id: 1, note: "a" },
    { id: 2, note: "b" },
  ]);
  const before = await namesIn(folder);
  await assert.rejects(
    takeBackup(restoring, { onRestored: () => Promise.reject(new Error("violated")) }),
    /violated/,
  );
  assert.deepEqual(await namesIn(folder), before);
});

test("names that are keywords of a later version are restored there", async (t) => {
  // Since PostgreSQL 16.
  const { request } = await createSource(
    t,
    "CREATE TABLE audit (id int, system_user text); CREATE VIEW audited AS SELECT system_user FROM audit",
  );
  const { verified } = await takeBackup({ ...request, restore: "always" });
  assert.equal(verified.by, "restore", verified.notRestored);
});

test("what only the shadow's version refuses is said to be that", async (t) => {
  const { request, database } = await createSource(
    t,
    `CREATE TABLE known (id int); INSERT INTO known VALUES (1);
     CREATE FUNCTION is_known(int) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM public.known WHERE id = $1)';
     CREATE TABLE asked (id int CHECK (is_known(id))); INSERT INTO asked VALUES (1);`,
  );
  const [{ version } = { version: "" }] = await database.query<{ version: string }>(
    "SELECT current_setting('server_version_num') AS version",
  );
  if (version.startsWith("18")) return t.skip("the shadow is of the same version");
  await assert.rejects(
    takeBackup({ ...request, restore: "always" }),
    refusal(
      "ARCHIVE_NOT_RESTORABLE",
      /PostgreSQL 18\.\d+ instead of 1\d\.\d+, refuses it, name a server of version 1\d as the shadow\./,
    ),
  );
});

test("what is too large is not restored, and the result says so", async (t) => {
  const { request } = await createSource(t);
  const { verified } = await takeBackup({ ...request, restore: "when-small", restoreUpToBytes: 1000 });
  assert.equal(verified.by, "archive");
  assert.match(verified.notRestored ?? "", /\(\d+ bytes\) is larger.*1000 bytes, restoreUpToBytes/);
});

test("roles that the shadow does not have are made, or what names them is left out", async (t) => {
  const role = `owner ${process.pid}`;
  const { request, database, connection } = await createSource(t);
  t.after(async () => {
    const session = await connect(connection).catch(() => undefined);
    await session?.execute(`DROP OWNED BY "${role}" CASCADE; DROP ROLE "${role}"`);
    await session?.close();
  });
  await database.execute(
    `CREATE ROLE "${role}"; CREATE TABLE owned (id int); ALTER TABLE owned OWNER TO "${role}";
     GRANT SELECT ON gifts TO "${role}"; ALTER TABLE gifts ENABLE ROW LEVEL SECURITY;
     CREATE POLICY mine ON gifts TO "${role}" USING (true); CREATE POLICY everyone ON gifts USING (true)`,
  );
  const elsewhere = await openShadow();
  t.after(() => elsewhere.close());
  for (const shadow of [undefined, elsewhere.connection]) {
    const { verified } = await takeBackup({ ...request, restore: "always", shadow });
    assert.equal(verified.by, "restore", verified.notRestored);
  }
});

test("no shadow, one that is older and one that lacks an extension are no failures of the backup", async (t) => {
  const { request, database } = await createSource(t);
  const restoring = { ...request, restore: "always" } as const;
  const nowhere = { host: "127.0.0.1", port: 1, user: "nobody", database: "postgres" };
  const unreachable = await takeBackup({ ...restoring, shadow: nowhere });
  assert.equal(unreachable.verified.by, "archive");
  assert.match(unreachable.verified.notRestored ?? "", /A database cannot be created.*refuses connections/);

  const [available] = await database.query<{ name: string }>(
    "SELECT name FROM pg_available_extensions WHERE name IN ('adminpack', 'old_snapshot')",
  );
  if (available !== undefined) {
    await database.execute(`CREATE EXTENSION ${available.name}`);
    const lacking = await takeBackup(restoring);
    assert.match(lacking.verified.notRestored ?? "", new RegExp(`lacks the extension ${available.name}`));
    assert.equal(lacking.verified.by, "archive");
  }
});

test("an archive of the same name elsewhere does not pass for one of this database", async (t) => {
  const [source, other] = [await createSource(t), await createSource(t)];
  const { id } = await takeBackup(source.request);
  await assert.rejects(
    findLogicalBackup({ location: id, connection: other.connection }),
    refusal("BACKUP_OF_ANOTHER_DATABASE", /is a backup of the database test_\w+, not of test_/),
  );
});
