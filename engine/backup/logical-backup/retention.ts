import { isArchiveName, timeOfArchive } from "./archive-name.ts";
import type { ArchiveStore } from "./archive-store.ts";
import type { Manifest } from "./manifest.ts";

/** What is kept. */
export interface Retention {
  /** Of which database and server. */
  database: string;
  server: string;
  /** How many of the newest are kept whatever their age. */
  retain: number;
  /** How old the others may become, days. */
  retentionDays: number;
  now: Date;
}

const dayMs = 86_400_000;

/**
 * Deletes backups of a database that are neither among the newest nor young enough, and what dumps left behind that
 * were never finished. Nothing is touched that is not called like a backup of this database. Never rejects: the new
 * backup is there, and what could not be deleted is said.
 */
export async function deleteExpired(
  store: ArchiveStore,
  retention: Retention,
  onProgress?: (message: string) => void,
): Promise<void> {
  const attempt = async (name: string, action: () => Promise<void>): Promise<void> => {
    await action().catch((error: unknown) =>
      onProgress?.(`${name} cannot be deleted yet: ${(error as Error).message}`),
    );
  };
  await attempt("what is beyond retention", async () => {
    const names = (await store.list()).filter((name) => isArchiveName(name, retention.database));
    const manifests: Manifest[] = [];
    for (const name of names) {
      const manifest = await store.find(name);
      if (manifest !== undefined) manifests.push(manifest);
      else if (isStale(name, retention.now)) await attempt(name, () => store.removeUnfinished(name));
    }
    for (const { name, takenAt } of expiredBackups(manifests, retention)) {
      onProgress?.(`deleting ${name} of ${takenAt}, which is beyond retention`);
      await attempt(name, () => store.remove(name));
    }
  });
}

/** The backups to delete: of this database and server, not among the newest, and older than is kept. */
export function expiredBackups(manifests: readonly Manifest[], retention: Retention): Manifest[] {
  const { database, server, retain, retentionDays, now } = retention;
  return manifests
    .filter((manifest) => manifest.database === database && manifest.server === server)
    .sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1))
    .slice(retain)
    .filter(({ takenAt }) => now.getTime() - Date.parse(takenAt) > retentionDays * dayMs);
}

/** A dump that goes on may have begun yesterday; what is older than that and was not finished never will be. */
function isStale(name: string, now: Date): boolean {
  const begun = timeOfArchive(name);
  return begun !== undefined && now.getTime() - begun.getTime() > dayMs;
}
