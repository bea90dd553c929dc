import { createHash } from "node:crypto";
import type { ArchiveFormat } from "./logical-backup-request.ts";

export interface ArchiveNameParts {
  database: string;
  position: string;
  requestedAt: Date;
  format: ArchiveFormat;
}

/** Suffix of an archive's name until it is written and verified. */
export const unfinishedSuffix = ".unfinished";

const extensions: Record<ArchiveFormat, string> = { custom: ".dump", directory: ".dir" };

/**
 * For example `app-9f86d081884c-20261121t093000123z.dump`. Characters that file systems or shells do not accept are
 * replaced.
 */
export function archiveName({ database, position, requestedAt, format }: ArchiveNameParts): string {
  const time = requestedAt.toISOString().replace(/[-:.]/g, "").toLowerCase();
  return `${plain(database)}-${plain(position)}-${time}${extensions[format]}`;
}

/** True if a name has the form of this database's archives. */
export function isArchiveName(name: string, database: string): boolean {
  const begin = `${plain(database)}-`;
  return name.startsWith(begin) && /^[\w.~]+-\d{8}t\d{9}z\.(dump|dir)$/.test(name.slice(begin.length));
}

/** The start time in the name of an archive; undefined if the name has none. */
export function timeOfArchive(name: string): Date | undefined {
  const [, ...parts] = /-(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)(\d{3})z\./.exec(name) ?? [];
  const [year, month, day, hours, minutes, seconds, milliseconds] = parts;
  if (milliseconds === undefined) return undefined;
  return new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
}

/** Keeps letters, digits, `_` and `.`. A hash distinguishes names that would become equal. */
function plain(text: string): string {
  const spelt = text
    .replace(/[^\w.]+/g, "_")
    .replace(/^\.+/, "_")
    .slice(0, 40);
  if (spelt === text) return text;
  return `${spelt}~${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
