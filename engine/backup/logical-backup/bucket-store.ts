import { lstat, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bucketExists, deleteObjects, headObject, listObjects, readObject } from "../../aws/s3-objects.ts";
import { openS3, type S3 } from "../../aws/s3.ts";
import { abortUpload, listUnfinishedUploads, uploadObject } from "../../aws/s3-upload.ts";
import { BackupError } from "../backup.ts";
import { fileIn, secureArchive } from "./archive-files.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { openFolderStore, requireWritableFolder } from "./folder-store.ts";
import type { BucketTarget } from "./logical-backup-request.ts";
import { type Manifest, manifestSuffix, parseManifest, printManifest } from "./manifest.ts";

const dayMs = 86_400_000;

/** Metadata of each object, by which this package recognizes its own. */
const marker = { "made-by": "pulumi-pg-migrations" };

/** A bucket for archives, with a local folder in which they are written and verified first. */
export async function openBucketStore(target: BucketTarget, attempts?: number): Promise<ArchiveStore> {
  const s3 = await openS3(target.aws ?? {}, attempts);
  const { bucket, prefix = "" } = target;
  const staging = openFolderStore(stagingFolder(target));
  return {
    locationOf: (name) => `s3://${bucket}/${prefix}${name}`,
    temporaryPathOf: (name) => staging.temporaryPathOf(name),
    requireReady: () => requireReady(s3, target),
    has: async (name) =>
      (await readObject(s3, { bucket, key: prefix + name + manifestSuffix })) !== undefined,
    find: (name) => findIn(s3, { bucket, key: prefix + name, name }),
    list: async () => [...new Set([...(await namesIn(s3, bucket, prefix)), ...(await staging.list())])],
    put: (temporaryPath, manifest) => put(s3, target, { temporaryPath, manifest }),
    remove: async (name) => {
      const { archive, manifest } = await keysOf(s3, { bucket, key: prefix + name });
      // Without its manifest the rest is no longer a backup.
      await deleteObjects(s3, bucket, [...manifest, ...archive]);
    },
    removeUnfinished: async (name) => {
      await staging.removeUnfinished(name);
      await removeUnfinished(s3, { bucket, key: prefix + name });
    },
    close: () => s3.close(),
  };
}

function stagingFolder({ stagingDirectory }: BucketTarget): string {
  return resolve(
    stagingDirectory ?? join(tmpdir(), `pulumi-pg-migrations-backups-${process.getuid?.() ?? 0}`),
  );
}

async function requireReady(s3: S3, target: BucketTarget): Promise<void> {
  const folder = stagingFolder(target);
  await requireWritableFolder(folder);
  if (target.stagingDirectory === undefined) await requireNoLink(folder);
  if (await bucketExists(s3, target.bucket, target.prefix ?? "")) return;
  throw new BackupError(
    "TARGET_UNUSABLE",
    `The bucket ${target.bucket} does not exist. Create it, or correct its name, the region or the account.`,
  );
}

/** Another user could have placed a link there, since all users share the temporary folder. */
async function requireNoLink(folder: string): Promise<void> {
  const status = await lstat(folder).catch(() => undefined);
  if (status?.isSymbolicLink() !== true) return;
  throw new BackupError(
    "TARGET_UNUSABLE",
    `${folder} is a link. Set stagingDirectory to a folder of your own.`,
  );
}

interface Address {
  bucket: string;
  key: string;
}

async function findIn(
  s3: S3,
  { bucket, key, name }: Address & { name: string },
): Promise<Manifest | undefined> {
  const text = await readObject(s3, { bucket, key: key + manifestSuffix });
  const manifest = text === undefined ? undefined : parseManifest(text, name);
  if (manifest === undefined) return undefined;
  // A lifecycle rule of the bucket may have deleted some of its files.
  const present = new Set((await keysOf(s3, { bucket, key })).archive);
  return manifest.files.every(({ path }) => present.has(keyOf(key, path))) ? manifest : undefined;
}

function keyOf(key: string, path: string): string {
  return path === "" ? key : `${key}/${path}`;
}

/** The keys of an archive's objects and of its manifest. */
async function keysOf(s3: S3, { bucket, key }: Address): Promise<{ archive: string[]; manifest: string[] }> {
  const keys = (await listObjects(s3, bucket, key)).map((object) => object.key);
  return {
    archive: keys.filter((found) => found === key || found.startsWith(`${key}/`)),
    manifest: keys.filter((found) => found === key + manifestSuffix),
  };
}

async function namesIn(s3: S3, bucket: string, prefix: string): Promise<string[]> {
  const objects = await listObjects(s3, bucket, prefix);
  // A role that may not list uploads leaves those of dead processes to a lifecycle rule of the bucket.
  const uploads = await listUnfinishedUploads(s3, bucket, prefix).catch(() => []);
  return [...objects, ...uploads].map(({ key }) =>
    key
      .slice(prefix.length)
      .replace(/\/.*$/s, "")
      .replace(/\.json$/, ""),
  );
}

/** The manifest comes last: an upload without one is not a backup. */
async function put(
  s3: S3,
  target: BucketTarget,
  { temporaryPath, manifest }: { temporaryPath: string; manifest: Manifest },
): Promise<void> {
  const { bucket, prefix = "", serverSideEncryption, kmsKeyId } = target;
  const encryption = { serverSideEncryption, kmsKeyId };
  await secureArchive(temporaryPath);
  for (const { path, bytes, sha256 } of manifest.files) {
    const address = { bucket, key: keyOf(prefix + manifest.name, path) };
    const from = { file: fileIn(temporaryPath, path), bytes };
    await uploadObject(s3, { ...address, ...encryption, from, metadata: { ...marker, sha256 } });
    await requireUploaded(s3, address, { bytes, sha256, serverSideEncryption });
  }
  const key = prefix + manifest.name + manifestSuffix;
  await uploadObject(s3, {
    bucket,
    key,
    ...encryption,
    from: { text: printManifest(manifest) },
    metadata: marker,
  });
  await rm(temporaryPath, { recursive: true, force: true });
}

async function requireUploaded(
  s3: S3,
  address: Address,
  expected: { bytes: number; sha256: string; serverSideEncryption: string | undefined },
): Promise<void> {
  const found = await headObject(s3, address);
  const isWhole = found?.bytes === expected.bytes && found.metadata["sha256"] === expected.sha256;
  const isEncrypted =
    expected.serverSideEncryption === undefined ||
    found?.serverSideEncryption === expected.serverSideEncryption;
  if (isWhole && isEncrypted) return;
  throw new BackupError(
    "UPLOAD_DIFFERS",
    `The object s3://${address.bucket}/${address.key} is not the archive that was uploaded: ` +
      `${found?.bytes ?? 0} bytes instead of ${expected.bytes}, encrypted by ` +
      `${found?.serverSideEncryption ?? "nothing"}. Run pulumi up again.`,
  );
}

async function removeUnfinished(s3: S3, { bucket, key }: Address): Promise<void> {
  for (const upload of await listUnfinishedUploads(s3, bucket, key).catch(() => []))
    if (Date.now() - upload.begunAt.getTime() > dayMs) await abortUpload(s3, upload);
  for (const found of (await keysOf(s3, { bucket, key })).archive) {
    const facts = await headObject(s3, { bucket, key: found });
    if (facts?.metadata["made-by"] === marker["made-by"]) await deleteObjects(s3, bucket, [found]);
  }
}
