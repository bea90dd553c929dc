import { foreign } from "../foreign-text.ts";
import { durationInWords } from "../words.ts";
import type { Backup } from "./backup.ts";

/** The backups from before a run. */
export interface WayBack {
  /** The backups, each with the command that restores it. */
  backups: readonly Pick<Backup, "id" | "restoreCommand" | "verified">[];
  /** Why there is none, if the user chose so. */
  noBackupReason?: string | undefined;
}

/** One line for each backup from before a run, with the command that restores it; or why there is none. */
export function wayBackReport({ backups, noBackupReason }: WayBack): string {
  if (noBackupReason !== undefined) return `\nNo backup was taken before this run: ${noBackupReason}`;
  return backups
    .map(({ id, verified, restoreCommand }) => {
      const measured =
        verified.restoreMs === undefined
          ? ""
          : ` (restoring it took ${durationInWords(verified.restoreMs)} when it was tried)`;
      return `\nThe backup from before this run is ${id}${measured}. To restore it: ${restoreCommand}`;
    })
    .join("");
}

/** Names the backups that a destroyed stack leaves behind. */
export function keptBackupsReport(backups: readonly Pick<Backup, "id">[]): string {
  return (
    `Backups outlive the stack. Before its last run it took ${backups.map(({ id }) => foreign(id)).join(", ")}; older ones ` +
    `may exist. This stack's retention no longer deletes any. Delete those that you do not need.`
  );
}
