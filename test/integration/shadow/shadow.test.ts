import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, openShadow, ShadowError } from "../../../engine/index.ts";
import { serverBase } from "../../../engine/shadow/server-place.ts";
import { unprivilegedAccount } from "../../../engine/shadow/server-programs.ts";
import { createRole, openSession, openTarget } from "../target.ts";

async function foldersOf(pid: number): Promise<string[]> {
  const names = await readdir(await serverBase(await unprivilegedAccount()));
  return names.filter((name) => name.startsWith(`shadow-${pid}-`));
}

test("a private shadow is an empty database, and leaves nothing when it is closed", async () => {
  const shadow = await openShadow({ encoding: "LATIN1" });
  const session = await connect(shadow.connection);
  assert.deepEqual(
    await session.query(
      "SELECT getdatabaseencoding() AS encoding, count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'",
    ),
    [{ encoding: "LATIN1", tables: 0 }],
  );
  await session.close();
  assert.match(shadow.serverVersion, /^18\.\d+$/);
  assert.equal((await foldersOf(process.pid)).length, 1);
  await shadow.close();
  assert.deepEqual(await foldersOf(process.pid), []);
  await assert.rejects(connect(shadow.connection), { code: "CONNECTION_REFUSED" });
});

for (const watchDies of [false, true])
  test(`a process that is killed leaves no server behind${watchDies ? ", not even with its watch" : ""}`, async () => {
    const script = `import { openShadow } from ${JSON.stringify(join(import.meta.dirname, "../../../engine/index.ts"))};
      const { connection } = await openShadow(); console.log(connection.port); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    const pid = child.pid ?? 0;
    if (watchDies) killWatchOf(pid, await foldersOf(pid));
    child.kill("SIGKILL");
    await once(child, "exit");
    if (watchDies) {
      assert.equal((await foldersOf(pid)).length, 1);
      await (await openShadow()).close();
    }
    for (let waited = 0; (await foldersOf(pid)).length > 0 && waited < 10_000; waited += 50) await sleep(50);
    assert.deepEqual(await foldersOf(pid), []);
    const address = { host: "127.0.0.1", port: Number(port.toString()), database: "postgres" };
    await assert.rejects(connect(address), { code: "CONNECTION_REFUSED" });
  });

/** Kills the shell that waits for the end of a process, by the folder among its arguments. */
function killWatchOf(pid: number, folders: string[]): void {
  assert.equal(folders.length, 1);
  const { stdout } = spawnSync("ps", ["-ww", "-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const line = stdout
    .split("\n")
    .find((text) => text.includes("cat >/dev/null") && text.includes(folders[0] ?? "?"));
  assert.ok(line !== undefined, `no watch of ${pid}`);
  process.kill(Number.parseInt(line, 10), "SIGKILL");
}

test("a shadow on a named server is a database that is dropped when it is closed, whoever is connected", async (t) => {
  const { connection, database } = await openTarget(t);
  const shadow = await openShadow({ server: connection, allowSuperuser: true });
  assert.equal(shadow.prepare, undefined);
  const name = shadow.connection.database ?? "";
  assert.match(name, /^pulumi_pg_migrations_shadow_\d{8}t\d{6}z_[0-9a-f]{8}$/);
  await openSession(t, shadow.connection);
  await shadow.close();
  assert.deepEqual(await database.query("SELECT FROM pg_database WHERE datname = $1", [name]), []);
});

test("databases of runs that died more than a day ago are dropped, younger ones and others are not", async (t) => {
  const { connection, database } = await openTarget(t);
  const [old, own] = [
    "pulumi_pg_migrations_shadow_20200101t000000z_00000000",
    "pulumi_pg_migrations_of_mine",
  ];
  const young = (await openShadow({ server: connection, allowSuperuser: true })).connection.database ?? "";
  t.after(async () => {
    const session = await connect({ ...connection, database: "postgres" });
    for (const name of [young, own]) await session.execute(`DROP DATABASE IF EXISTS ${name}`);
    await session.close();
  });
  for (const name of [old, own]) await database.execute(`CREATE DATABASE ${name}`);
  await (await openShadow({ server: connection, allowSuperuser: true })).close();
  const left = await database.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname = ANY ($1)",
    [[old, own, young]],
  );
  assert.deepEqual(left.map(({ datname }) => datname).sort(), [own, young].sort());
});

test("a server on which none can be created is said, with what the role lacks", async (t) => {
  const target = await openTarget(t);
  const plain = await createRole(t, target);
  await assert.rejects(openShadow({ server: plain }), (error) => {
    assert.ok(error instanceof ShadowError);
    assert.equal(error.code, "SHADOW_UNAVAILABLE");
    assert.match(error.message, /A database cannot be created.*permission denied.*Grant CREATEDB/);
    return true;
  });
});
