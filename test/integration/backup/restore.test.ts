import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { type Backup, copyDatabase } from "../../../engine/index.ts";
import { quoteIdentifier } from "../../../engine/postgres/text/identifier.ts";
import { openSession } from "../target.ts";
import { copiesOf, sourceDatabase, valuesIn } from "./source-database.ts";

const hasPsql = spawnSync("psql", ["--version"]).status === 0;

async function restore({ restoreCommand }: Backup, password: string): Promise<void> {
  await promisify(execFile)("bash", ["-c", restoreCommand], {
    env: { PATH: process.env["PATH"], PGPASSWORD: password },
  });
}

for (const name of [
  "plain_copied",
  "Upper_copy_Case",
  "quote\"s and 'apostrophes' $HOME `x`",
  "ü".repeat(31),
  "x".repeat(63),
  "-dash=&?%",
])
  test(
    `the database ${name} is copied, and the restore command brings the copy back`,
    { skip: hasPsql ? false : "there is no psql on PATH" },
    async (t) => {
      const { connection, maintenance } = await sourceDatabase(t, name);
      const backup = await copyDatabase({ connection });
      assert.ok(Buffer.byteLength(backup.id) <= 63);
      assert.deepEqual(await copiesOf(maintenance, name), [backup.id]);
      assert.deepEqual([backup.method, backup.verified.tables, backup.verified.rows], ["databaseCopy", 2, 3]);
      assert.ok((backup.verified.objects ?? 0) >= 6 && backup.sizeBytes > 1_000_000);
      assert.ok(!JSON.stringify(backup).includes(connection.password));
      assert.deepEqual(await valuesIn({ ...connection, database: backup.id }), [1, 2, 3]);

      const damaging = await openSession(t, connection);
      await damaging.execute('DELETE FROM "Odd.one".a');
      await restore(backup, connection.password);
      assert.deepEqual(await valuesIn(connection), [1, 2, 3]);
      const damaged = await maintenance.query<{ datname: string }>(
        "SELECT datname FROM pg_database WHERE datname LIKE '%\\_damaged\\_%'",
      );
      assert.equal(damaged.length, 1);
      assert.deepEqual(await valuesIn({ ...connection, database: damaged[0]?.datname }), []);
      await maintenance.execute(`DROP DATABASE ${quoteIdentifier(damaged[0]?.datname ?? "")}`);
      assert.equal((await copyDatabase({ connection })).verified.rows, 3);
    },
  );
