import type { ArchiveFormat } from "./logical-backup-request.ts";
import type { DatabaseLocale } from "./restore-archive-command.ts";

/** The backup to take, decided before pg_dump runs. Plain data without secrets, kept in the stack's state. */
export interface LogicalBackupIdentity {
  /** The archive's name, such as `app-20261120_add_gifts-20261121t093000123z.dump`. */
  name: string;
  /** The final path or `s3://` address. Nothing exists there before the archive was verified. */
  location: string;
  /** Where pg_dump writes: an absolute path whose name marks it as unfinished. */
  temporaryPath: string;
  format: ArchiveFormat;
  /** The database, as PostgreSQL spells it. */
  database: string;
  /** Identifies the server: host, port, and the cluster's system identifier if the role may read it. */
  server: string;
  /** The server's version, such as `15.18`. */
  serverVersion: string;
  position: string;
  digest: string;
  /** When it was decided, ISO 8601. */
  requestedAt: string;
  /** Size of the database at that time, bytes. */
  databaseBytes: number;
  /** The transactions visible at that time: the archive must hold their rows. */
  snapshot: string;
  /** Encoding and locale of the database, which the restore command gives to the new one. */
  locale: DatabaseLocale;
  programs: ArchivePrograms;
  /** `PGHOST`, `PGPORT` and the other variables by which libpq reaches the database, without the password. */
  libpq: Record<string, string>;
}

/** The programs that write and read archives. */
export interface ArchivePrograms {
  /** `pg_dump`, or its absolute path if it is not the one on PATH. */
  pgDump: string;
  /** `pg_restore`, likewise. */
  pgRestore: string;
  /** Their version, such as `15.18`. */
  version: string;
}
