import { isArchiveName, timeOfArchive } from "./archive-name.ts";
import type { ArchiveStore } from "./archive-store.ts";
import type { Manifest } from "./manifest.ts";

/** The backups to keep. */
export interface Retention {
  /** The database whose backups these are, with its server. */
  database: string;
  server: string;
  /** Number of the newest to keep, regardless of their age. */
  retain: number;
  /** Greatest age of the others, days. */
  retentionDays: number;
  now: Date;
}

const dayMs = 86_400_000;

/**
 * Deletes the backups of a database that are neither among the newest nor young enough, and the remains of unfinished
 * dumps. Touches nothing that is not named like a backup of this database. Never rejects, because the new backup
 * exists: it reports what it could not delete.
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
  await attempt("the backups that exceed retention", async () => {
    const names = (await store.list()).filter((name) => isArchiveName(name, retention.database));
    const manifests: Manifest[] = [];
    for (const name of names) {
      const manifest = await store.find(name);
      if (manifest !== undefined) manifests.push(manifest);
      else if (isStale(name, retention.now)) await attempt(name, () => store.removeUnfinished(name));
    }
    for (const { name, takenAt } of expiredBackups(manifests, retention)) {
      onProgress?.(`deleting ${name} of ${takenAt}, which exceeds retention`);
      await attempt(name, () => store.remove(name));
    }
  });
}

/**
 * The backups to delete: those of this database and server that are not among the newest and are older than the limit.
 */
export function expiredBackups(manifests: readonly Manifest[], retention: Retention): Manifest[] {
  const { database, server, retain, retentionDays, now } = retention;
  return manifests
    .filter((manifest) => manifest.database === database && manifest.server === server)
    .sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1))
    .slice(retain)
    .filter(({ takenAt }) => now.getTime() - Date.parse(takenAt) > retentionDays * dayMs);
}

/** A running dump may have started yesterday. An older one that is unfinished never finishes. */
function isStale(name: string, now: Date): boolean {
  const begun = timeOfArchive(name);
  return begun !== undefined && now.getTime() - begun.getTime() > dayMs;
}
