import { BackupError } from "../backup.ts";
import { majorVersion } from "./archive-programs.ts";
import type { ArchiveFormat, LogicalBackupRequest } from "./logical-backup-request.ts";

/** The requested archive format, or the default. */
export function formatOf({ format, jobs = 1 }: LogicalBackupRequest): ArchiveFormat {
  return format ?? (jobs > 1 ? "directory" : "custom");
}

/** Throws a `BackupError` that lists every invalid option of a request. */
export function requireUsableRequest(request: LogicalBackupRequest): void {
  const problems = [
    ...targetProblems(request),
    ...numberProblems(request),
    ...formatProblems(request),
    ...variableProblems(request),
  ];
  if (problems.length > 0) throw new BackupError("BACKUP_REQUEST_UNUSABLE", problems.join(" "));
}

/** Throws a `BackupError` if this pg_dump does not support the compression. */
export function requireKnownCompression({ compress }: LogicalBackupRequest, pgDumpVersion: string): void {
  if (compress === undefined || majorVersion(pgDumpVersion) >= 16 || /^\d$/.test(compress)) return;
  throw new BackupError(
    "BACKUP_REQUEST_UNUSABLE",
    `compress is ${JSON.stringify(compress)}, which pg_dump ${pgDumpVersion} does not support: before version 16 it ` +
      `takes 0 to 9.`,
  );
}

function targetProblems({ target }: LogicalBackupRequest): string[] {
  const given = target as { directory?: unknown; bucket?: unknown } & Record<string, unknown>;
  if ((given.directory === undefined) === (given.bucket === undefined))
    return ["target must have either a directory or a bucket."];
  if ("directory" in target)
    return isText(target.directory) ? [] : [`target.directory is not the path of a folder.`];
  const { bucket, prefix = "", serverSideEncryption, kmsKeyId } = target;
  return [
    ...(isText(bucket) && !bucket.includes("/") ? [] : ["target.bucket is not the name of a bucket."]),
    ...(prefix.startsWith("/")
      ? ["target.prefix begins with a slash, which would become part of the keys. Remove it."]
      : []),
    ...(kmsKeyId !== undefined && serverSideEncryption !== "aws:kms"
      ? ['target.kmsKeyId needs serverSideEncryption: "aws:kms".']
      : []),
    ...(serverSideEncryption === undefined || ["AES256", "aws:kms"].includes(serverSideEncryption)
      ? []
      : ['target.serverSideEncryption must be "AES256" or "aws:kms".']),
  ];
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

/** Options that are numbers, with their minimum, and whether they must be whole. */
const numbers = [
  { name: "jobs", least: 1, whole: true },
  { name: "retain", least: 1, whole: true },
  { name: "retentionDays", least: 0, whole: false },
  { name: "reuseMinutes", least: 0, whole: false },
  { name: "lockTimeoutMs", least: 1, whole: true },
  { name: "minFreeBytes", least: 0, whole: false },
  { name: "restoreUpToBytes", least: 0, whole: false },
] as const;

function numberProblems(request: LogicalBackupRequest): string[] {
  return numbers.flatMap(({ name, least, whole }) => {
    const value = request[name];
    if (value === undefined) return [];
    if (Number.isFinite(value) && value >= least && (!whole || Number.isInteger(value))) return [];
    return [`${name} is ${value}; it must be a ${whole ? "whole " : ""}number of at least ${least}.`];
  });
}

function formatProblems(request: LogicalBackupRequest): string[] {
  const { format, jobs = 1, compress, restore } = request;
  const formats: readonly unknown[] = [undefined, "custom", "directory"];
  const restores: readonly unknown[] = [undefined, "when-small", "always", "never"];
  return [
    ...(formats.includes(format) ? [] : ['format must be "custom" or "directory".']),
    ...(restores.includes(restore) ? [] : ['restore must be "when-small", "always" or "never".']),
    ...(jobs > 1 && format === "custom"
      ? ['jobs needs format: "directory", because only one job can write a single file.']
      : []),
    ...(compress === undefined || /^[a-z0-9][a-z0-9:=,]*$/i.test(compress)
      ? []
      : [
          `compress is ${JSON.stringify(compress)}; pg_dump takes 0 to 9, or from version 16 a method such as zstd:3.`,
        ]),
  ];
}

/** The shell reads these variables by name. */
function variableProblems({ connection }: LogicalBackupRequest): string[] {
  const { passwordVariable, urlVariable } = connection;
  return [passwordVariable, urlVariable]
    .filter((name) => name !== undefined && !/^[A-Za-z_]\w*$/.test(name))
    .map(
      (name) => `${JSON.stringify(name)} is not the name of an environment variable that a shell can read.`,
    );
}
