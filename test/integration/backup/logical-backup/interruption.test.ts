import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, stat, utimes, writeFile } from "node:fs/promises";
import { connect as openSocket, createServer, type AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  completeLogicalBackup,
  dumpCommand,
  findLogicalBackup,
  identifyLogicalBackup,
  logicalBackupExists,
} from "../../../../engine/index.ts";
import { useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, namesIn, refusal, runDump, takeBackup } from "./taken-backup.ts";

useDumpableServer();

const megabytes =
  "CREATE TABLE gifts AS SELECT i AS id, md5(i::text) || md5((-i)::text) AS note FROM generate_series(1, 200000) AS i";

/** Passes on what the server sends up to so many bytes, and nothing more. */
async function startStallingProxy(t: TestContext, serverPort: number, bytes: number): Promise<number> {
  const proxy = createServer((client) => {
    const server = openSocket(serverPort, "127.0.0.1");
    let passed = 0;
    client.on("error", () => server.destroy()).pipe(server);
    server.on("error", () => client.destroy()).on("end", () => client.end());
    server.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      if (passed > bytes) server.pause();
      else client.write(chunk);
    });
    t.after(() => (client.destroy(), server.destroy()));
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  t.after(() => proxy.close());
  return (proxy.address() as AddressInfo).port;
}

for (const format of ["custom", "directory"] as const)
  test(`a dump that is killed in the middle leaves nothing that is taken for a backup: ${format}`, async (t) => {
    const { request: whole, folder, connection } = await createSource(t, megabytes);
    const request = { ...whole, format };
    const identity = await identifyLogicalBackup(request);
    const port = await startStallingProxy(t, connection.port ?? 0, 4_000_000);
    const stalling = { ...identity, libpq: { ...identity.libpq, PGPORT: String(port) } };
    const { create, environment, secretEnvironment } = dumpCommand(request, stalling);
    const child = spawn("sh", ["-c", create], {
      detached: true,
      stdio: "ignore",
      env: { ...process.env, ...environment, ...secretEnvironment },
    });
    while ((await sizeOf(identity.temporaryPath)) < 100_000) await sleep(20);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "exit");

    assert.deepEqual(await namesIn(folder), [basename(identity.temporaryPath)]);
    assert.equal(await logicalBackupExists(request, identity), false);
    await assert.rejects(
      findLogicalBackup({ location: identity.temporaryPath, connection }),
      refusal("ARCHIVE_UNFINISHED", /never finished/),
    );
    const renamed = join(folder, "renamed.dump");
    if (format === "custom") {
      await copyFile(identity.temporaryPath, renamed);
      await assert.rejects(
        findLogicalBackup({ location: renamed, connection }),
        refusal("ARCHIVE_DAMAGED", /cannot be read to its end/),
      );
    }
    // It is neither counted nor removed while it could still go on.
    const taken = await takeBackup({ ...whole, retain: 1, retentionDays: 0 });
    assert.ok((await namesIn(folder)).includes(basename(identity.temporaryPath)));
    const next = await identifyLogicalBackup(request, identity);
    assert.notEqual(next.name, identity.name);
    await assert.rejects(completeLogicalBackup(request, identity), refusal("ARCHIVE_DAMAGED", /new backup/));
    assert.ok(!(await namesIn(folder)).includes(basename(identity.temporaryPath)));
    assert.ok((await stat(taken.id)).size > 0);
  });

/** Of a folder, the size of what is in it. */
async function sizeOf(path: string): Promise<number> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory() !== true) return status?.size ?? 0;
  const sizes = await Promise.all((await namesIn(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("a dump that fails removes what it wrote, and says why", async (t) => {
  const { request, folder, database } = await createSource(t);
  await database.execute("BEGIN; LOCK TABLE gifts");
  const impatient = { ...request, lockTimeoutMs: 100 };
  const { code, output } = await runDump(impatient, await identifyLogicalBackup(impatient));
  assert.notEqual(code, 0);
  assert.match(output, /timeout[^]*LOCK TABLE "public"\."gifts"/);
  assert.deepEqual(await namesIn(folder), []);
});

test("a command that is ended removes what it wrote", async (t) => {
  const { request, folder, connection } = await createSource(t, megabytes);
  const identity = await identifyLogicalBackup(request);
  const port = await startStallingProxy(t, connection.port ?? 0, 4_000_000);
  const stalling = { ...identity, libpq: { ...identity.libpq, PGPORT: String(port) } };
  const { create, environment, secretEnvironment } = dumpCommand(request, stalling);
  const env = { ...process.env, ...environment, ...secretEnvironment };
  const child = spawn("sh", ["-c", create], { detached: true, stdio: "ignore", env });
  while ((await sizeOf(identity.temporaryPath)) < 100_000) await sleep(20);
  process.kill(-(child.pid ?? 0), "SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];
  assert.notEqual(code, 0);
  assert.deepEqual(await namesIn(folder), []);
});

test("what was never finished is removed a day later, and nothing else of that age", async (t) => {
  const { request, folder, connection } = await createSource(t);
  const { database } = connection;
  const kept = [
    `${database}-x-20200101t000000000z.dump`,
    `other-x-20200101t000000000z.dump.unfinished`,
    "notes.txt.unfinished",
  ];
  const stale = [
    `${database}-x-20200101t000000000z.dump.unfinished`,
    `${database}-x-20200101t000000001z.dump.json.unfinished`,
    `${database}-x-20200101t000000002z.dump.unfinished.ca`,
  ];
  for (const name of [...kept, ...stale]) {
    await writeFile(join(folder, name), "");
    await utimes(join(folder, name), 0, 0);
  }
  await takeBackup(request);
  const left = await namesIn(folder);
  assert.deepEqual(
    kept.filter((name) => !left.includes(name)),
    [],
  );
  assert.deepEqual(
    stale.filter((name) => left.includes(name)),
    [],
  );
});
