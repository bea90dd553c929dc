import { BackupError } from "../backup.ts";
import type { ArchivePrograms } from "./logical-backup-identity.ts";
import { runProgram } from "./run-program.ts";

export interface ArchiveContents {
  /** The dumped database; line breaks appear as spaces. */
  database: string;
  /** When pg_dump started, `2026-11-21 09:30:00`, in the local time of the machine that ran it. */
  createdAt: string;
  format: string;
  serverVersion: string;
  pgDumpVersion: string;
  entries: ArchiveEntry[];
}

/** One entry of the table of contents. */
export interface ArchiveEntry {
  /** The catalog that lists the object; 0 for an entry that holds data. */
  catalog: number;
  /** OID of the object in the dumped database. */
  oid: number;
  /** Kind and name, such as `TABLE DATA public gifts postgres`. Not quoted, so for display only. */
  text: string;
  /** The line, as `pg_restore --use-list` takes it. */
  line: string;
}

/** Reads the table of contents. Rejects with a `BackupError` if the file is not an archive. */
export async function readArchiveContents(
  path: string,
  { pgRestore }: Pick<ArchivePrograms, "pgRestore">,
): Promise<ArchiveContents> {
  const { succeeded, stdout, stderr } = await runProgram(pgRestore, ["--list", path]);
  if (!succeeded)
    throw new BackupError(
      "ARCHIVE_UNREADABLE",
      `${path} is not an archive that pg_restore can read: ${stderr}. Take a new backup.`,
    );
  return parseArchiveContents(stdout);
}

/** Parses the output of `pg_restore --list`. */
export function parseArchiveContents(list: string): ArchiveContents {
  const header = (name: string) => new RegExp(`^;\\s+${name}:? (.*)$`, "m").exec(list)?.[1] ?? "";
  return {
    database: header("dbname"),
    createdAt: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(header("Archive created at"))?.[0] ?? "",
    format: header("Format").toLowerCase(),
    serverVersion: header("Dumped from database version").split(" ")[0] ?? "",
    pgDumpVersion: header("Dumped by pg_dump version").split(" ")[0] ?? "",
    entries: list.split("\n").flatMap((line) => {
      const [, catalog, oid, text] = /^\d+; (\d+) (\d+) (.+)$/.exec(line) ?? [];
      return text === undefined ? [] : [{ catalog: Number(catalog), oid: Number(oid), text, line }];
    }),
  };
}

/** Reads an archive to its end, data included. Rejects with a `BackupError` if something is missing or broken. */
export async function readWholeArchive(
  path: string,
  { pgRestore }: Pick<ArchivePrograms, "pgRestore">,
): Promise<void> {
  const { succeeded, stderr } = await runProgram(pgRestore, ["--exit-on-error", "--file=/dev/null", path]);
  if (!succeeded)
    throw new BackupError(
      "ARCHIVE_DAMAGED",
      `${path} cannot be read to its end because it is cut off or damaged: ${stderr}. Take a new backup.`,
    );
}
