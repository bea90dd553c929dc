import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, open, readFile, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { unprivilegedAccount, type ServerAccount } from "./postgres-programs.ts";

/** Where a server keeps its files, and the account it runs as if that is not the caller's. */
export interface ServerPlace {
  /** Shared by the servers of this user. */
  base: string;
  folder: string;
  data: string;
  log: string;
  state: string;
  account: ServerAccount | undefined;
}

/** What a server writes about itself into its data directory while it runs. */
export interface ServerProcess {
  pid: number;
  port: number;
  isReady: boolean;
}

const readyTimeoutMs = 60_000;

/** The place of the server of this name; the name is told apart from the same name in another checkout. */
export async function locateServer(name: string): Promise<ServerPlace> {
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new Error(`"${name}" cannot name a server: use lower-case letters, digits and hyphens.`);
  }
  const account = await unprivilegedAccount();
  const base = await makeBaseFolder(account);
  const checkout = createHash("sha256")
    .update(dirname(import.meta.dirname))
    .digest("hex")
    .slice(0, 12);
  return placeIn(join(base, `${name}-${checkout}`), { base, account });
}

/** The files of a server within a folder. */
export function placeIn(folder: string, shared: Pick<ServerPlace, "base" | "account">): ServerPlace {
  return {
    ...shared,
    folder,
    data: join(folder, "data"),
    log: join(folder, "server.log"),
    state: join(folder, "state.json"),
  };
}

async function makeBaseFolder(account: ServerAccount | undefined): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const base = join(await temporaryFolder(account), `pulumi-pg-migrations-${uid}`);
  await mkdir(base, { recursive: true, mode: 0o700 });
  const status = await lstat(base);
  if (!status.isDirectory() || status.uid !== uid) {
    throw new Error(`${base} belongs to someone else: remove it, or set TMPDIR to a folder of your own.`);
  }
  // An account of the server's own has to pass through.
  await chmod(base, account === undefined ? 0o700 : 0o711);
  return base;
}

/** The system's temporary folder, or /tmp where the server's account has no way to the former. */
async function temporaryFolder(account: ServerAccount | undefined): Promise<string> {
  const folder = await realpath(tmpdir());
  if (account === undefined) return folder;
  for (let ancestor = folder; ; ancestor = dirname(ancestor)) {
    const isPassable = ((await stat(ancestor)).mode & 0o001) !== 0;
    if (!isPassable) return "/tmp";
    if (ancestor === dirname(ancestor)) return folder;
  }
}

/** The server's process, or undefined when it does not run, whatever it left behind. */
export async function readServerProcess(place: ServerPlace): Promise<ServerProcess | undefined> {
  const [pid, , , port, , , , status] = await readLockFile(place);
  if (!(Number(pid) > 0) || !(await isServerOf(Number(pid), place))) return undefined;
  return { pid: Number(pid), port: Number(port), isReady: status?.trim() === "ready" };
}

/** Waits while a server starts or stops; its port once it takes connections, undefined when it does not run. */
export async function waitUntilReady(place: ServerPlace): Promise<number | undefined> {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const server = await readServerProcess(place);
    if (server === undefined) return undefined;
    if (server.isReady) return server.port;
    await sleep(50);
  }
  return undefined;
}

/**
 * Removes the lock file of a killed server whose process id something else has now. PostgreSQL itself
 * refuses to start then; where the id is free it replaces the file.
 */
export async function removeMisleadingLock(place: ServerPlace): Promise<void> {
  const pid = Number((await readLockFile(place))[0]);
  if (pid > 0 && isInUse(pid) && !(await isServerOf(pid, place))) await rm(lockFile(place), { force: true });
}

async function readLockFile(place: ServerPlace): Promise<string[]> {
  return await readFile(lockFile(place), "utf8").then(
    (content) => content.split("\n"),
    () => [],
  );
}

function lockFile(place: ServerPlace): string {
  return join(place.data, "postmaster.pid");
}

function isInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Process ids are reused, and a killed process can linger: only the command line tells whose it is. */
async function isServerOf(pid: number, place: ServerPlace): Promise<boolean> {
  const commandLine =
    process.platform === "linux"
      ? readFile(`/proc/${pid}/cmdline`, "utf8")
      : promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)]).then(({ stdout }) => stdout);
  return await commandLine.then(
    (line) => line.includes(place.data),
    () => false,
  );
}

/** Runs a PostgreSQL program as the server's account; what it writes goes to the server's log. True on success. */
export async function runForServer(place: ServerPlace, program: string, args: string[]): Promise<boolean> {
  const log = await open(place.log, "a");
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        ...place.account,
        cwd: place.data,
        env: environmentOfServer(),
        // Files rather than pipes: a server would hold a pipe open, and its starter with it.
        stdio: ["ignore", log.fd, log.fd],
      });
      child.on("error", reject);
      child.on("exit", (code) => resolve(code === 0));
    });
  } finally {
    await log.close();
  }
}

/** Without PGPORT, PGDATA and the like, which the programs would heed. */
function environmentOfServer(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PG"));
  return { ...Object.fromEntries(inherited), LC_ALL: "C" };
}
