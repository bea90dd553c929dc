import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import { sizeInWords } from "../../words.ts";

/** The progress of pg_dump, in one line; undefined before it writes. */
export async function dumpProgress(
  identity: Pick<LogicalBackupIdentity, "database" | "databaseBytes" | "temporaryPath">,
): Promise<string | undefined> {
  const bytes = await sizeOf(identity.temporaryPath).catch(() => undefined);
  if (bytes === undefined) return undefined;
  return (
    `pg_dump has written ${sizeInWords(bytes)} of ${identity.database}, ` +
    `which takes ${sizeInWords(identity.databaseBytes)} in the server and less in an archive`
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
