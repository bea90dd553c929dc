import { createReadStream } from "node:fs";
import { loadSdk } from "./client-configuration.ts";
import type { S3Address } from "./s3-objects.ts";
import { explained, type S3 } from "./s3.ts";

/** The encryption of an object. */
export interface S3Encryption {
  /** Default: the bucket's setting. */
  serverSideEncryption?: "AES256" | "aws:kms" | undefined;
  /** The key of `aws:kms`. Default: the account's own for S3. */
  kmsKeyId?: string | undefined;
}

/** The object to upload. */
export interface S3Upload extends S3Address, S3Encryption {
  /** A file, or the text itself. */
  from: { file: string; bytes: number } | { text: string };
  metadata: Record<string, string>;
}

const partBytes = 16 * 1024 ** 2;
/** S3 accepts at most 10,000 parts. */
const mostParts = 9000;

/**
 * Uploads an object, a large one in parts, with a checksum that S3 verifies. It appears as a whole or not at all; the
 * parts of a failed upload are deleted. Rejects with an `AwsError`.
 */
export async function uploadObject(s3: S3, upload: S3Upload): Promise<void> {
  const { Upload } = await loadSdk("@aws-sdk/lib-storage", () => import("@aws-sdk/lib-storage"));
  const { from, bucket, key, metadata, serverSideEncryption, kmsKeyId } = upload;
  const bytes = "file" in from ? from.bytes : 0;
  const work = new Upload({
    client: s3.client,
    partSize: Math.max(partBytes, Math.ceil(bytes / mostParts)),
    queueSize: 4,
    params: {
      Bucket: bucket,
      Key: key,
      Body: "file" in from ? createReadStream(from.file) : from.text,
      Metadata: metadata,
      ChecksumAlgorithm: "SHA256",
      ...(serverSideEncryption === undefined ? {} : { ServerSideEncryption: serverSideEncryption }),
      ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
    },
  });
  await explained(work.done());
}

/** An unfinished upload in parts. */
export interface UnfinishedUpload extends S3Address {
  uploadId: string;
  begunAt: Date;
}

/** Lists uploads in parts that are running or whose processes died. */
export async function listUnfinishedUploads(
  s3: S3,
  bucket: string,
  prefix: string,
): Promise<UnfinishedUpload[]> {
  const input = { Bucket: bucket, Prefix: prefix };
  const { Uploads = [] } = await explained(s3.client.send(new s3.sdk.ListMultipartUploadsCommand(input)));
  return Uploads.map(({ Key = "", UploadId = "", Initiated = new Date() }) => ({
    bucket,
    key: Key,
    uploadId: UploadId,
    begunAt: Initiated,
  }));
}

/** Deletes the parts of an abandoned upload. */
export async function abortUpload(s3: S3, { bucket, key, uploadId }: UnfinishedUpload): Promise<void> {
  const input = { Bucket: bucket, Key: key, UploadId: uploadId };
  await explained(s3.client.send(new s3.sdk.AbortMultipartUploadCommand(input)));
}
