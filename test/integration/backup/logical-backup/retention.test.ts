import assert from "node:assert/strict";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { findLogicalBackup } from "../../../../engine/index.ts";
import { useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, namesIn, refusal, takeBackup } from "./taken-backup.ts";

useDumpableServer();

/** Makes a backup look as if it had been taken so many days ago. */
async function age(path: string, days: number): Promise<void> {
  const manifest = JSON.parse(await readFile(`${path}.json`, "utf8")) as { takenAt: string };
  const takenAt = new Date(Date.now() - days * 86_400_000).toISOString();
  await writeFile(`${path}.json`, JSON.stringify({ ...manifest, takenAt }));
}

test("backups that are neither among the newest nor young are deleted, those of other databases are not", async (t) => {
  const { request, folder } = await createSource(t);
  const other = await createSource(t);
  const elsewhere = await takeBackup({ ...other.request, target: { directory: folder } });
  await age(elsewhere.id, 100);
  const ids: string[] = [];
  for (const days of [40, 50, 5, 60]) {
    const { id } = await takeBackup({ ...request, retain: 10 });
    await age(id, days);
    ids.push(id);
  }
  await takeBackup({ ...request, retain: 2, retentionDays: 30 });
  const left = await namesIn(folder);
  const isLeft = (id = "") => left.includes(id.slice(folder.length + 1));
  // The newest two are the new one and that of 5 days ago.
  assert.deepEqual(ids.map(isLeft), [false, false, true, false]);
  assert.ok(isLeft(elsewhere.id));
  assert.equal(left.length, 6);
});

test("the newest are kept whatever their age", async (t) => {
  const { request, folder } = await createSource(t);
  for (const days of [400, 500, 600]) await age((await takeBackup({ ...request, retain: 10 })).id, days);
  await takeBackup({ ...request, retain: 3, retentionDays: 0 });
  assert.equal((await namesIn(folder)).length, 6);
});

test("a backup that is named has to be young enough, and what its manifest says", async (t) => {
  const { request, connection } = await createSource(t);
  const { id } = await takeBackup(request);
  assert.equal((await findLogicalBackup({ location: id, connection, maxAgeMinutes: 1 })).id, id);
  await age(id, 2);
  await assert.rejects(
    findLogicalBackup({ location: id, connection }),
    refusal("BACKUP_TOO_OLD", /288\d minutes ago, .*; 1440 minutes are allowed/),
  );
  await age(id, 0);
  await writeFile(id, "x", { flag: "a" });
  await assert.rejects(
    findLogicalBackup({ location: id, connection }),
    refusal("ARCHIVE_DAMAGED", /SHA-256/),
  );
  await truncate(id, 10);
  await assert.rejects(
    findLogicalBackup({ location: id, connection }),
    refusal("ARCHIVE_UNREADABLE", /not an archive/),
  );
  await assert.rejects(
    findLogicalBackup({ location: `${id}.no`, connection }),
    refusal("BACKUP_MISSING", /The archive .* does not exist or cannot be read/),
  );
});

test("a manifest whose archive never got its name is removed", async (t) => {
  const { request, folder, connection } = await createSource(t);
  const { id } = await takeBackup(request);
  const alone = `${connection.database}-x-20200101t000000000z.dump.json`;
  const manifest = JSON.parse(await readFile(`${id}.json`, "utf8")) as object;
  await writeFile(join(folder, alone), JSON.stringify({ ...manifest, name: alone.replace(/\.json$/, "") }));
  await writeFile(join(folder, `${connection.database}-x-20200101t000000001z.dump.json`), "of somebody else");
  await takeBackup(request);
  const left = await namesIn(folder);
  assert.ok(!left.includes(alone));
  assert.equal(left.length, 5);
});
