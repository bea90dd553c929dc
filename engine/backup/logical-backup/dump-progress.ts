import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";

/** How far pg_dump has come, in one line; undefined where it has not begun to write. */
export async function dumpProgress(
  identity: Pick<LogicalBackupIdentity, "database" | "databaseBytes" | "temporaryPath">,
): Promise<string | undefined> {
  const bytes = await sizeOf(identity.temporaryPath).catch(() => undefined);
  if (bytes === undefined) return undefined;
  return (
    `pg_dump has written ${megabytes(bytes)} of ${identity.database}, ` +
    `which takes ${megabytes(identity.databaseBytes)} in the server and less in an archive`
  );
}

async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all(
    (await readdir(path)).map((name) => sizeOf(join(path, name)).catch(() => 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}
