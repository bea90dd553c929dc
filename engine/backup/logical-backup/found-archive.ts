import { lstat, mkdir, mkdtemp, readFile, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { AwsAccess } from "../../aws/access.ts";
import { downloadObject, listObjects } from "../../aws/s3-objects.ts";
import { openS3, type S3 } from "../../aws/s3.ts";
import { BackupError } from "../backup.ts";
import { unfinishedSuffix } from "./archive-name.ts";
import { manifestSuffix, parseManifest, type Manifest } from "./manifest.ts";
import { requireUnmovable } from "./own-folder.ts";

/** An archive that was named by its location, in a readable place. */
export interface FoundArchive {
  /** Its location as given: an absolute path or an `s3://` address. */
  location: string;
  /** Where it can be read now. */
  path: string;
  /** The manifest beside it, if this package wrote one. */
  manifest: Manifest | undefined;
}

/** The location of an archive, and what access to it needs. */
export interface ArchiveLocation {
  location: string;
  stagingDirectory?: string | undefined;
  aws?: AwsAccess | undefined;
}

/**
 * Finds an archive and passes it to `use`. One at S3 is downloaded first and removed afterwards. Rejects with a
 * `BackupError` if it does not exist or was never finished.
 */
export async function withFoundArchive<Result>(
  named: ArchiveLocation,
  use: (archive: FoundArchive) => Promise<Result>,
): Promise<Result> {
  const { location } = named;
  if (location.replace(/\/$/, "").endsWith(unfinishedSuffix))
    throw new BackupError(
      "ARCHIVE_UNFINISHED",
      `${location} was never finished: pg_dump was interrupted, or its output was not verified. Name another backup.`,
    );
  if (!location.startsWith("s3://")) return use(await findLocally(resolve(location)));
  const folder = await stagingFolder(named);
  const s3 = await openS3(named.aws ?? {});
  try {
    return await use(await download(s3, location, folder));
  } finally {
    s3.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function findLocally(location: string): Promise<FoundArchive> {
  const path = await realpath(location).catch((cause: unknown) => {
    throw missing(location, cause);
  });
  await requireUnmovable(path);
  if (((await stat(path)).mode & 0o022) !== 0)
    throw new BackupError(
      "TARGET_UNSAFE",
      `Other users can write to ${path} and could change what is restored. Run chmod -R go-w ${path}.`,
    );
  return { location, path, manifest: await manifestBeside(path) };
}

async function manifestBeside(path: string): Promise<Manifest | undefined> {
  const file = path + manifestSuffix;
  const isFile = await lstat(file).then(
    (status) => status.isFile(),
    () => false,
  );
  return isFile ? parseManifest(await readFile(file, "utf8").catch(() => ""), basename(path)) : undefined;
}

async function stagingFolder({ stagingDirectory }: ArchiveLocation): Promise<string> {
  const parent = stagingDirectory === undefined ? tmpdir() : resolve(stagingDirectory);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await requireUnmovable(join(await realpath(parent), "made"));
  return mkdtemp(join(parent, "pulumi-pg-migrations-download-"));
}

async function download(s3: S3, location: string, folder: string): Promise<FoundArchive> {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.*?)\/?$/s.exec(location) ?? [];
  const objects = key === "" ? [] : await listObjects(s3, bucket, key);
  const wanted = objects.filter((each) => each.key === key || each.key.startsWith(`${key}/`));
  if (wanted.length === 0) throw missing(location);
  // A key may hold `..`, which a path would follow.
  const isSafe = (name: string) => name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name);
  if (!isSafe(basename(key))) throw missing(location);
  const path = join(folder, basename(key));
  for (const object of wanted) {
    const name = object.key.slice(key.length + 1);
    if (object.key !== key && !isSafe(name)) continue;
    const file = object.key === key ? path : join(path, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await downloadObject(s3, { bucket, key: object.key }, file);
  }
  const hasManifest = objects.some((each) => each.key === key + manifestSuffix);
  if (hasManifest) await downloadObject(s3, { bucket, key: key + manifestSuffix }, path + manifestSuffix);
  const { manifest } = await findLocally(path);
  return { location: `s3://${bucket}/${key}`, path, manifest };
}

function missing(location: string, cause?: unknown): BackupError {
  return new BackupError(
    "BACKUP_MISSING",
    `The archive ${location} does not exist or cannot be read. Correct the path or the address.`,
    { cause },
  );
}
