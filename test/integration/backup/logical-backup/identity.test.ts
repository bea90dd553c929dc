import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  completeLogicalBackup,
  identifyLogicalBackup,
  type LogicalBackupRequest,
  openShadow,
} from "../../../../engine/index.ts";
import { systemPrograms, useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, dumpOrFail, namesIn, refusal } from "./taken-backup.ts";

useDumpableServer();

test("a pg_dump that is older than the server is refused with both versions and what to install", async (t) => {
  const shadow = await openShadow();
  t.after(() => shadow.close());
  const { request } = await createSource(t);
  await assert.rejects(
    identifyLogicalBackup({ ...request, connection: shadow.connection, programs: systemPrograms() }),
    refusal(
      "PROGRAM_TOO_OLD",
      /pg_dump \d+\.\d+ \(.*\) is older than the server, PostgreSQL 18\.\d+.*postgresql-client-18.*set programs/,
    ),
  );
});

test("programs that are missing are said", async (t) => {
  const { request, folder } = await createSource(t);
  await assert.rejects(
    identifyLogicalBackup({ ...request, programs: folder }),
    refusal("PROGRAM_MISSING", /pg_dump and pg_restore were not found in the folder .*Install/),
  );
});

test("a disk with too little space is refused with figures", async (t) => {
  const { request, folder } = await createSource(t);
  await assert.rejects(
    identifyLogicalBackup({ ...request, minFreeBytes: 2 ** 60 }),
    refusal("TARGET_TOO_SMALL", /has \d+ [MG]B free, and 1152921505 GB are needed/),
  );
  assert.deepEqual(await namesIn(folder), []);
});

test("a target that may not be written to is refused", async (t) => {
  const { request } = await createSource(t);
  // Not even root may.
  for (const directory of ["/proc/self", "/proc/self/backups"])
    await assert.rejects(
      identifyLogicalBackup({ ...request, target: { directory } }),
      refusal("TARGET_UNUSABLE", /cannot write to the folder/),
    );
});

test("a target that is a file is refused", async (t) => {
  const { request, folder } = await createSource(t);
  await writeFile(join(folder, "file"), "");
  for (const directory of [join(folder, "file"), join(folder, "file/inner")])
    await assert.rejects(
      identifyLogicalBackup({ ...request, target: { directory } }),
      refusal("TARGET_UNUSABLE", /is not a folder/),
    );
});

test("everything that cannot be meant is named at once", async (t) => {
  const { request } = await createSource(t);
  const wrong = {
    ...request,
    jobs: 0,
    retain: 1.5,
    retentionDays: -1,
    compress: "9; rm -rf /",
    format: "tar",
    connection: { ...request.connection, passwordVariable: "A-B" },
  } as unknown as LogicalBackupRequest;
  await assert.rejects(
    identifyLogicalBackup(wrong),
    refusal(
      "BACKUP_REQUEST_UNUSABLE",
      /jobs is 0;.*retain is 1\.5;.*retentionDays is -1;.*format must.*compress is.*"A-B"/,
    ),
  );
  for (const target of [{}, { directory: "a", bucket: "b" }, { directory: "" }, { bucket: "a/b" }])
    await assert.rejects(
      identifyLogicalBackup({ ...request, target: target as never }),
      refusal("BACKUP_REQUEST_UNUSABLE", /target/),
    );
  await assert.rejects(
    identifyLogicalBackup({ ...request, jobs: 2, format: "custom" }),
    refusal("BACKUP_REQUEST_UNUSABLE", /jobs needs format: "directory"/),
  );
});

test("a finished backup of the same occasion is used again while it is young, and nothing else is", async (t) => {
  const { request } = await createSource(t);
  const first = await identifyLogicalBackup(request);
  // What comes back from the stack's state is the same.
  const stored = JSON.parse(JSON.stringify(first)) as typeof first;
  assert.equal(JSON.stringify(stored), JSON.stringify(first));
  const isReused = async (changes: Partial<LogicalBackupRequest>) =>
    (await identifyLogicalBackup({ ...request, ...changes }, stored)).name === first.name;
  assert.equal(await isReused({}), false);
  await dumpOrFail(request, first);
  assert.equal(await isReused({}), false);
  await completeLogicalBackup(request, first);
  assert.equal(await isReused({}), true);
  assert.equal(await isReused({ ledger: { ...request.ledger, position: "other" } }), false);
  assert.equal(await isReused({ ledger: { ...request.ledger, digest: "other" } }), false);
  assert.equal(await isReused({ reuseMinutes: 0 }), false);
  // Of what was made while the clock was ahead nobody knows the age.
  stored.requestedAt = new Date(Date.now() + 86_400_000).toISOString();
  assert.equal(await isReused({}), false);
});
