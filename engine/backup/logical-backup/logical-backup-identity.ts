import type { ArchiveFormat } from "./logical-backup-request.ts";
import type { DatabaseLocale } from "./restore-archive-command.ts";

/** Which backup is taken, decided before pg_dump runs. Plain data without any secret, kept in the stack's state. */
export interface LogicalBackupIdentity {
  /** What the archive is called, such as `app-20261120_add_gifts-20261121t093000123z.dump`. */
  name: string;
  /** The final path, or the `s3://` address; there is nothing before the archive was verified. */
  location: string;
  /** Where pg_dump writes: an absolute path, whose name says that it is unfinished. */
  temporaryPath: string;
  format: ArchiveFormat;
  /** The database, as PostgreSQL spells it. */
  database: string;
  /** Tells servers apart: the host's name and port, and the cluster's system identifier where it can be read. */
  server: string;
  /** The server's version, such as `15.18`. */
  serverVersion: string;
  position: string;
  digest: string;
  /** When it was decided on, ISO 8601. */
  requestedAt: string;
  /** The size of the database at that time, bytes. */
  databaseBytes: number;
  /** Which transactions were visible at that time: their rows have to be in the archive. */
  snapshot: string;
  /** Encoding and locale of the database, which the restore command gives to the new one. */
  locale: DatabaseLocale;
  programs: ArchivePrograms;
  /** `PGHOST`, `PGPORT` and the like: how libpq reaches the database. The password is not among them. */
  libpq: Record<string, string>;
}

/** The programs that write and read archives. */
export interface ArchivePrograms {
  /** `pg_dump`, or its absolute path where it is not the one on PATH. */
  pgDump: string;
  /** `pg_restore`, likewise. */
  pgRestore: string;
  /** Their version, such as `15.18`. */
  version: string;
}
