import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type Backup,
  BackupError,
  completeLogicalBackup,
  type CompletionHooks,
  connect,
  type Connection,
  type Database,
  dumpCommand,
  identifyLogicalBackup,
  type LogicalBackupIdentity,
  type LogicalBackupRequest,
} from "../../../../engine/index.ts";
import { createTestDatabase } from "../../../database.ts";

/** A database to dump, and a folder for its backups. */
export interface Source {
  connection: Connection & { database: string; password: string };
  database: Database;
  folder: string;
  request: LogicalBackupRequest;
}

/** A database with the given content. By default its backup is verified without a restore. */
export async function createSource(
  t: TestContext,
  script = "CREATE TABLE gifts (id int PRIMARY KEY, note text); INSERT INTO gifts VALUES (1, 'a'), (2, 'b')",
): Promise<Source> {
  const connection = await createTestDatabase(t);
  const database = await connect(connection);
  t.after(() => database.close());
  await database.execute(script);
  const folder = await temporaryFolder(t);
  const request: LogicalBackupRequest = {
    connection,
    target: { directory: folder },
    ledger: { position: "20260101_first", digest: "1234" },
    restore: "never",
  };
  return { connection, database, folder, request };
}

/** A folder that is removed after the test. */
export async function temporaryFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-test-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The result of a command. */
export interface Ran {
  code: number | null;
  output: string;
}

/** Runs the dump command, as @pulumi/command does. */
export async function runDump(
  request: LogicalBackupRequest,
  identity: LogicalBackupIdentity,
  inherited: Record<string, string> = {},
): Promise<Ran> {
  const { create, environment, secretEnvironment } = dumpCommand(request, identity);
  return runShell(create, { ...inherited, ...environment, ...secretEnvironment });
}

/** Runs a command in a POSIX shell. */
export async function runShell(command: string, environment: Record<string, string> = {}): Promise<Ran> {
  const child = spawn("sh", ["-c", command], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** Takes a whole backup: identifies, dumps, completes. */
export async function takeBackup(
  request: LogicalBackupRequest,
  hooks: CompletionHooks = {},
): Promise<Backup> {
  const identity = await identifyLogicalBackup(request);
  await dumpOrFail(request, identity);
  return completeLogicalBackup(request, identity, hooks);
}

/** Dumps; throws the errors of pg_dump. */
export async function dumpOrFail(
  request: LogicalBackupRequest,
  identity: LogicalBackupIdentity,
): Promise<void> {
  const { code, output } = await runDump(request, identity);
  if (code !== 0) throw new Error(output);
}

/** The names in a folder, sorted. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}

/** For `assert.rejects`: a `BackupError` with this code whose message matches. */
export function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof BackupError && error.code === code && message.test(error.message)) return true;
    throw error;
  };
}
