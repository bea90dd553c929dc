import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestDatabase } from "./database.ts";

const program = join(import.meta.dirname, "../node_modules/.pgbouncer/pgbouncer");

/** Why the tests of poolers cannot run here; false if they can. */
export const noPgBouncer = existsSync(program)
  ? false
  : "PgBouncer is missing: apt-get install pgbouncer, and run node scripts/set-up.mjs --tests";

/** Starts PgBouncer in front of a test's database, and returns its port. It is stopped after the test. */
export async function startPgBouncer(
  t: TestContext,
  database: TestDatabase,
  settings: Record<string, string>,
): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "pgbouncer-"));
  await chmod(dir, 0o755);
  const port = await freePort();
  const { host, user, password } = database;
  const lines = [
    "[databases]",
    `* = host=${host} port=${database.port} user=${user} password=${password}`,
    "[pgbouncer]",
    `listen_addr = 127.0.0.1`,
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
  ];
  await writeFile(join(dir, "pgbouncer.ini"), `${lines.join("\n")}\n`);
  // It refuses to run as root.
  const account = userInfo().uid === 0 ? ["-u", "nobody"] : [];
  const child = spawn(program, [...account, join(dir, "pgbouncer.ini")], { stdio: "ignore", cwd: "/" });
  t.after(async () => {
    await stop(child);
    await rm(dir, { recursive: true, force: true });
  });
  await untilListening(port);
  return port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, "127.0.0.1");
    const connected = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    await sleep(50);
  }
  throw new Error("PgBouncer does not listen.");
}
