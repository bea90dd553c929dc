import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { explained, type S3, unlessMissing } from "./s3.ts";

export interface S3Address {
  bucket: string;
  key: string;
}

/** An object in a list from S3. */
export interface S3Object {
  key: string;
  bytes: number;
  /** When it was written, ISO 8601. */
  modifiedAt: string;
}

/** The facts about one object. */
export interface S3ObjectFacts {
  bytes: number;
  /** The metadata from its upload. */
  metadata: Record<string, string>;
  /** For example `AES256`, `aws:kms`; undefined if S3 does not report it. */
  serverSideEncryption: string | undefined;
}

/** True if the bucket exists and can be listed. Rejects with an `AwsError` if it may not be listed. */
export async function bucketExists(s3: S3, bucket: string, prefix: string): Promise<boolean> {
  const input = { Bucket: bucket, Prefix: prefix, MaxKeys: 1 };
  return (await unlessMissing(s3.client.send(new s3.sdk.ListObjectsV2Command(input)))) !== undefined;
}

/** Lists the objects whose keys begin with the prefix. */
export async function listObjects(s3: S3, bucket: string, prefix: string): Promise<S3Object[]> {
  const objects: S3Object[] = [];
  const pages = s3.sdk.paginateListObjectsV2({ client: s3.client }, { Bucket: bucket, Prefix: prefix });
  const read = async (): Promise<void> => {
    for await (const { Contents = [] } of pages)
      for (const { Key = "", Size = 0, LastModified } of Contents)
        objects.push({ key: Key, bytes: Size, modifiedAt: LastModified?.toISOString() ?? "" });
  };
  await explained(read());
  return objects;
}

/** Requests an object's facts; undefined if it does not exist. */
export async function headObject(s3: S3, { bucket, key }: S3Address): Promise<S3ObjectFacts | undefined> {
  const input = { Bucket: bucket, Key: key };
  const found = await unlessMissing(s3.client.send(new s3.sdk.HeadObjectCommand(input)));
  if (found === undefined) return undefined;
  return {
    bytes: found.ContentLength ?? 0,
    metadata: found.Metadata ?? {},
    serverSideEncryption: found.ServerSideEncryption,
  };
}

/** Reads a small object as text; undefined if it does not exist. */
export async function readObject(s3: S3, { bucket, key }: S3Address): Promise<string | undefined> {
  const read = async (): Promise<string | undefined> => {
    const { Body } = await s3.client.send(new s3.sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body?.transformToString();
  };
  return unlessMissing(read());
}

/** Downloads an object into a new file that only its owner can read. */
export async function downloadObject(s3: S3, { bucket, key }: S3Address, file: string): Promise<void> {
  const download = async (): Promise<void> => {
    const { Body } = await s3.client.send(new s3.sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
    await pipeline(Body as Readable, createWriteStream(file, { mode: 0o600, flags: "wx" }));
  };
  await explained(download());
}

/** Deletes objects. One that does not exist is no error. */
export async function deleteObjects(s3: S3, bucket: string, keys: readonly string[]): Promise<void> {
  // One by one: a call for several needs a checksum that some replacements of S3 do not accept.
  for (const key of keys)
    await explained(s3.client.send(new s3.sdk.DeleteObjectCommand({ Bucket: bucket, Key: key })));
}
