import { mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { AwsAccess } from "../../aws/access.ts";
import { downloadObject, listObjects } from "../../aws/s3-objects.ts";
import { openS3, type S3 } from "../../aws/s3.ts";
import { BackupError } from "../backup.ts";
import { unfinishedSuffix } from "./archive-name.ts";
import { manifestSuffix, parseManifest, type Manifest } from "./manifest.ts";

/** An archive that is named by its place, where it can be read. */
export interface FoundArchive {
  /** As it is named: an absolute path, or an `s3://` address. */
  location: string;
  /** Where it can be read now. */
  path: string;
  /** What was written beside it, where that was done by this package. */
  manifest: Manifest | undefined;
}

/** Where an archive is, and what is needed to get at it. */
export interface ArchiveLocation {
  location: string;
  stagingDirectory?: string | undefined;
  aws?: AwsAccess | undefined;
}

/**
 * Finds an archive and hands it to `use`; one at S3 is downloaded, and removed again afterwards. Rejects with a
 * `BackupError` where there is none, or it was never finished.
 */
export async function withFoundArchive<Result>(
  named: ArchiveLocation,
  use: (archive: FoundArchive) => Promise<Result>,
): Promise<Result> {
  const { location } = named;
  if (location.replace(/\/$/, "").endsWith(unfinishedSuffix))
    throw new BackupError(
      "ARCHIVE_UNFINISHED",
      `${location} was never finished: pg_dump was interrupted, or what it wrote was not verified. Name another backup.`,
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

async function findLocally(path: string): Promise<FoundArchive> {
  await stat(path).catch((cause: unknown) => {
    throw missing(path, cause);
  });
  const text = await readFile(path + manifestSuffix, "utf8").catch(() => "");
  return { location: path, path, manifest: parseManifest(text) };
}

async function stagingFolder({ stagingDirectory }: ArchiveLocation): Promise<string> {
  const parent = stagingDirectory === undefined ? tmpdir() : resolve(stagingDirectory);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  return mkdtemp(join(parent, "pulumi-pg-migrations-download-"));
}

async function download(s3: S3, location: string, folder: string): Promise<FoundArchive> {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.*?)\/?$/s.exec(location) ?? [];
  const objects = key === "" ? [] : await listObjects(s3, bucket, key);
  const wanted = objects.filter((each) => each.key === key || each.key.startsWith(`${key}/`));
  if (wanted.length === 0) throw missing(location);
  const path = join(folder, basename(key));
  for (const object of wanted) {
    const file = path + object.key.slice(key.length);
    // A key may hold `..`, which a path would follow.
    if (!resolve(file).startsWith(path)) continue;
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
    `There is no archive ${location}, or it may not be read. Correct the path or the address.`,
    { cause },
  );
}
