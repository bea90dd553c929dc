import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runShellCommand } from "../../engine/process/shell-command.ts";
import {
  completeLogicalBackup,
  connect,
  identifyLogicalBackup,
  openShadow,
  restoreArchive,
} from "../../engine/index.ts";
import { systemPrograms, useDumpableServer } from "../dumpable-server.ts";
import { useNewBase } from "../new-base.ts";
import { createSource, runDump } from "../integration/backup/logical-backup/taken-backup.ts";

useDumpableServer();

const skip = existsSync("/proc/self/environ") ? false : "there is no /proc";

/** Secrets of the process that runs Pulumi. */
const planted = {
  AWS_SECRET_ACCESS_KEY: "planted-aws",
  AWS_SESSION_TOKEN: "planted-session",
  PULUMI_CONFIG_PASSPHRASE: "planted-passphrase",
  PULUMI_ACCESS_TOKEN: "planted-token",
  GITHUB_TOKEN: "planted-github",
  DATABASE_URL: "postgresql://planted-url",
  PGPASSWORD: "planted-pgpassword",
};

interface Seen {
  command: string;
  environment: string;
}

/** Runs something with secrets in the environment; gives every process that it started, with what was handed to each. */
async function childrenOf(action: () => Promise<unknown>): Promise<Seen[]> {
  const saved = Object.fromEntries(Object.keys(planted).map((name) => [name, process.env[name]]));
  Object.assign(process.env, planted);
  const known = new Set(await descendants());
  const seen = new Map<string, Seen>();
  const ended = new AbortController();
  const watch = (async () => {
    while (!ended.signal.aborted) {
      for (const pid of await descendants()) {
        if (known.has(pid)) continue;
        const [command, environment] = await Promise.all([
          contentOf(pid, "cmdline"),
          contentOf(pid, "environ"),
        ]);
        if (command !== "" && environment !== "") seen.set(`${pid} ${command}`, { command, environment });
      }
      await sleep(1);
    }
  })();
  try {
    await action();
  } finally {
    ended.abort();
    await watch;
    for (const [name, value] of Object.entries(saved))
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  }
  return [...seen.values()];
}

async function contentOf(pid: string, file: string): Promise<string> {
  const content = await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  return content.replaceAll("\0", " ");
}

/** Processes that this one started, and what these started; a server belongs to none of them, but runs in our folder. */
async function descendants(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = new Map<string, string>();
  await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      const [, parent] = /\) \S (\d+) /.exec(status) ?? [];
      if (parent !== undefined) parents.set(pid, parent);
    }),
  );
  const isOurs = (pid: string): boolean => {
    const parent = parents.get(pid);
    return parent === String(process.pid) || (parent !== undefined && isOurs(parent));
  };
  const servers = [];
  for (const pid of pids)
    if ((await contentOf(pid, "cmdline")).includes(`shadow-${process.pid}-`)) servers.push(pid);
  return [...pids.filter(isOurs), ...servers];
}

function requireNothingPlanted(children: readonly Seen[], programs: readonly RegExp[]): void {
  for (const program of programs)
    assert.ok(
      children.some(({ command }) => program.test(command)),
      `${program} was not seen among: ${children.map(({ command }) => command).join("\n")}`,
    );
  const told = children.filter(({ environment }) => environment.includes("planted-"));
  assert.deepEqual(told, []);
}

test("no process of a private server holds a secret of this process", { skip }, async (t) => {
  await useNewBase(t);
  const children = await childrenOf(async () => {
    const shadow = await openShadow();
    const session = await connect(shadow.connection);
    await session.query("SELECT pg_sleep(2)");
    await session.close();
    await shadow.close();
  });
  requireNothingPlanted(children, [/initdb/, /postgres .*-D /, /^sh -c cat >\/dev\/null/]);
});

const slow = `CREATE FUNCTION slow(int) RETURNS bool LANGUAGE sql AS 'SELECT pg_catalog.pg_sleep(2) IS NOT NULL';
  CREATE TABLE gifts (id int CHECK (public.slow(id))); INSERT INTO gifts VALUES (1)`;

test("pg_dump and pg_restore hold the password of their own connection alone", { skip }, async (t) => {
  const { request, connection, database } = await createSource(t, slow);
  const always = { ...request, restore: "always" } as const;
  const children = await childrenOf(async () => {
    const identity = await identifyLogicalBackup(always);
    await database.execute("BEGIN; LOCK TABLE gifts");
    // The plugin of @pulumi/command hands its whole environment to the shell.
    const dump = runDump(always, identity, planted);
    await sleep(1500);
    await database.execute("COMMIT");
    assert.deepEqual(await dump, { code: 0, output: "" });
    const { verified } = await completeLogicalBackup(always, identity);
    assert.equal(verified.by, "restore", verified.notRestored);
  });
  const programs = children.filter(({ command }) => /^\S*pg_(dump|restore) /.test(command));
  requireNothingPlanted(programs, [/pg_dump .*--format/, /pg_restore .*--use-list/]);
  const holders = programs.filter(({ environment }) => environment.includes(connection.password));
  assert.ok(holders.every(({ command }) => command.includes("pg_dump ")));
});

test("the command that restores an archive holds no secret besides the database's", { skip }, async (t) => {
  const { request, connection } = await createSource(t, slow);
  const identity = await identifyLogicalBackup(request);
  await runDump(request, identity);
  const { id } = await completeLogicalBackup(request, identity);
  t.after(async () => {
    const session = await connect({ ...connection, database: "postgres" });
    await session.execute(`DROP DATABASE IF EXISTS ${connection.database}_restored`);
    await session.close();
  });
  const children = await childrenOf(() =>
    restoreArchive({
      connection,
      archive: id,
      programs: existsSync(`${systemPrograms()}/createdb`) ? systemPrograms() : undefined,
    }),
  );
  requireNothingPlanted(children, [/^\/bin\/sh -c .*createdb/, /pg_restore .*_restored/]);
});

test(
  "a command check inherits the environment without Pulumi's secrets and the database's password",
  { skip },
  async () => {
    const children = await childrenOf(() =>
      runShellCommand({ command: "sleep 3; true", timeoutMs: 10_000, redact: (text) => text }),
    );
    const shell = children.find(({ command }) => command.startsWith("/bin/sh"));
    assert.match(shell?.environment ?? "", /planted-aws/);
    assert.doesNotMatch(shell?.environment ?? "", /planted-(passphrase|token|pgpassword)/);
  },
);
