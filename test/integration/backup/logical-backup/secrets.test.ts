import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  completeLogicalBackup,
  connect,
  type Connection,
  dumpCommand,
  identifyLogicalBackup,
} from "../../../../engine/index.ts";
import { useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, namesIn, runDump } from "./taken-backup.ts";

useDumpableServer();

/** Not to be found in anything else; has what URLs, shells and SQL would trip over. */
const secret = "s3cr$et'\"`é%41/@ #\\x;&";

test("the password is in no argument, output, file or state, however the connection names it", async (t) => {
  const { request, folder, connection, database } = await createSource(t);
  const role = `dumper_${process.pid}`;
  t.after(async () => {
    const session = await connect({ ...connection, database: "postgres" });
    await session.execute(`ALTER ROLE ${role} NOSUPERUSER NOLOGIN`);
    await session.close();
  });
  await database.execute(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD '${secret.replaceAll("'", "''")}'`);
  const { host, port, database: name } = connection;
  const address = { host, port, database: name, user: role };
  const url = `postgresql://${role}:${encodeURIComponent(secret)}@${host}:${port}/${name}`;
  const seen = new AbortController();
  t.after(() => seen.abort());
  const watched = watchArguments(seen.signal);
  for (const given of [
    { ...address, password: secret },
    { ...address, passwordVariable: "DB_PASSWORD" },
    { urlVariable: "DB_URL" },
    { url },
  ] as Connection[]) {
    process.env["DB_PASSWORD"] = secret;
    process.env["DB_URL"] = url;
    const of = { ...request, connection: given, restore: "always" } as const;
    const identity = await identifyLogicalBackup(of);
    const command = dumpCommand(of, identity);
    const inState = JSON.stringify([identity, command.create, command.environment]);
    assert.ok(!holdsSecret(inState), inState);
    const isReference = given.passwordVariable !== undefined || given.urlVariable !== undefined;
    assert.deepEqual(command.secretEnvironment, isReference ? {} : { PGPASSWORD: secret });
    const ran = await runDump(of, identity, isReference ? { DB_PASSWORD: secret, DB_URL: url } : {});
    assert.deepEqual(ran, { code: 0, output: "" });
    const said: string[] = [];
    const backup = await completeLogicalBackup(of, identity, { onProgress: (line) => said.push(line) });
    assert.equal(backup.verified.by, "restore", backup.verified.notRestored);
    assert.ok(!holdsSecret(JSON.stringify([backup, said])));
  }
  for (const file of await namesIn(folder))
    assert.ok(!holdsSecret(await readFile(join(folder, file), "latin1")), file);
  seen.abort();
  const lines = await watched;
  if (existsSync("/proc/self/cmdline")) assert.ok(lines.some((line) => line.includes("--no-password")));
  assert.deepEqual(lines.filter(holdsSecret), []);
});

test("a variable that is not set, and a password that is refused, are said without the password", async (t) => {
  const { request, connection, folder } = await createSource(t);
  process.env["DB_PASSWORD"] = connection.password;
  const { host, port, database, user } = connection;
  const of = { ...request, connection: { host, port, database, user, passwordVariable: "DB_PASSWORD" } };
  const identity = await identifyLogicalBackup(of);
  const unset = await runDump(of, identity);
  assert.notEqual(unset.code, 0);
  assert.match(unset.output, /DB_PASSWORD: is not set, and should hold the password/);
  const refused = await runDump(of, identity, { DB_PASSWORD: secret });
  assert.notEqual(refused.code, 0);
  assert.match(refused.output, /password authentication failed/);
  assert.ok(!holdsSecret(refused.output));
  assert.deepEqual(await namesIn(folder), []);
});

function holdsSecret(text: string): boolean {
  return [secret, encodeURIComponent(secret), "s3cr"].some((spelling) => text.includes(spelling));
}

/** The command lines of all processes that are seen until told to stop. */
async function watchArguments(signal: AbortSignal): Promise<string[]> {
  const lines = new Set<string>();
  while (!signal.aborted && existsSync("/proc/self/cmdline")) {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)))
      lines.add((await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "));
    await sleep(5);
  }
  return [...lines];
}
