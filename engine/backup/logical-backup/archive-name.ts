import { createHash } from "node:crypto";
import type { ArchiveFormat } from "./logical-backup-request.ts";

/** What the name of an archive is made of. */
export interface ArchiveNameParts {
  database: string;
  position: string;
  requestedAt: Date;
  format: ArchiveFormat;
}

/** What the name of an archive ends in while pg_dump writes it, and until it was verified. */
export const unfinishedSuffix = ".unfinished";

const extensions: Record<ArchiveFormat, string> = { custom: ".dump", directory: ".dir" };

/** `app-9f86d081884c-20261121t093000123z.dump`; what file systems and shells do not take is spelt otherwise. */
export function archiveName({ database, position, requestedAt, format }: ArchiveNameParts): string {
  const time = requestedAt.toISOString().replace(/[-:.]/g, "").toLowerCase();
  return `${plain(database)}-${plain(position)}-${time}${extensions[format]}`;
}

/** Whether something is called like an archive of this database, whatever it is. */
export function isArchiveName(name: string, database: string): boolean {
  const begin = `${plain(database)}-`;
  return name.startsWith(begin) && /^[\w.~]+-\d{8}t\d{9}z\.(dump|dir)$/.test(name.slice(begin.length));
}

/** When what is called so was begun; undefined where that cannot be told. */
export function timeOfArchive(name: string): Date | undefined {
  const [, ...parts] = /-(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)(\d{3})z\./.exec(name) ?? [];
  const [year, month, day, hours, minutes, seconds, milliseconds] = parts;
  if (milliseconds === undefined) return undefined;
  return new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
}

/** Letters, digits, `_` and `.`; a hash tells apart what would be spelt alike. */
function plain(text: string): string {
  const spelt = text
    .replace(/[^\w.]+/g, "_")
    .replace(/^\.+/, "_")
    .slice(0, 40);
  if (spelt === text) return text;
  return `${spelt}~${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
