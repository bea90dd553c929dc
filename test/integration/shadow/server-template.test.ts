import assert from "node:assert/strict";
import { readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connect } from "../../../engine/index.ts";
import { type PrivateServer, startPrivateServer } from "../../../engine/shadow/private-server.ts";
import { serverBase } from "../../../engine/shadow/server-place.ts";
import { unprivilegedAccount } from "../../../engine/shadow/server-programs.ts";
import { useNewBase } from "../../new-base.ts";

async function startServer(t: Pick<TestContext, "after">): Promise<PrivateServer> {
  const server = await startPrivateServer("migrator");
  t.after(() => server.close());
  return server;
}

test("servers that are copied from one template share neither the superuser's name nor its password", async (t) => {
  const [one, other] = [await startServer(t), await startServer(t)];
  assert.notEqual(one.superuser.user, other.superuser.user);
  assert.notEqual(one.superuser.password, other.superuser.password);
  const { user, password } = one.superuser;
  for (const wrong of [
    { user, password },
    { password },
    { user: "postgres" },
    { user: "postgres", password },
  ])
    await assert.rejects(connect({ ...other.superuser, ...wrong }), { sqlstate: "28P01" });
  const session = await connect(other.superuser);
  t.after(() => session.close());
  assert.deepEqual(await session.query("SELECT rolname FROM pg_catalog.pg_roles WHERE rolsuper"), [
    { rolname: other.superuser.user },
  ]);
});

async function template(): Promise<string> {
  const base = await serverBase(await unprivilegedAccount());
  const [name, ...others] = (await readdir(base)).filter((entry) => entry.startsWith("template-"));
  assert.ok(name !== undefined && others.length === 0, `no template, or several: ${others.join(", ")}`);
  return join(base, name);
}

test("a template serves as long as it is of today and of the programs that are there; nobody else reads it", async (t) => {
  await useNewBase(t);
  const inode = async (): Promise<number> => (await stat(join(await template(), "data", "PG_VERSION"))).ino;
  const start = async (): Promise<void> => (await startPrivateServer("migrator")).close();
  await start();
  const first = await inode();
  assert.equal((await stat(await template())).mode & 0o777, 0o700);
  await start();
  assert.equal(await inode(), first);

  const stamp = join(await template(), "stamp");
  await utimes(stamp, new Date(), new Date(Date.now() - 25 * 3_600_000));
  await start();
  const second = await inode();
  assert.notEqual(second, first);

  await writeFile(stamp, "of other programs");
  await start();
  assert.notEqual(await inode(), second);
});

test("servers that are made at the same time, and those after them, are whole", async (t) => {
  await useNewBase(t);
  const several = () => Promise.all([startServer(t), startServer(t), startServer(t)]);
  const servers = await several();
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await utimes(join(await template(), "stamp"), yesterday, yesterday);
  servers.push(...(await several()), await startServer(t));
  for (const { superuser } of servers) {
    const session = await connect(superuser);
    assert.deepEqual(await session.query("SELECT 1 AS works"), [{ works: 1 }]);
    await session.close();
  }
});

test("a template that cannot be copied keeps no server from starting", async (t) => {
  await useNewBase(t);
  await (await startPrivateServer("migrator")).close();
  await rm(join(await template(), "data"), { recursive: true });
  const server = await startServer(t);
  await (await connect(server.connection)).close();
});
