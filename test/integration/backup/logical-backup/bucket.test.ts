import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  completeLogicalBackup,
  findLogicalBackup,
  identifyLogicalBackup,
  logicalBackupExists,
  type BucketTarget,
} from "../../../../engine/index.ts";
import { type Aws, createAws } from "../../../aws/aws.ts";
import { useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, dumpOrFail, namesIn, refusal, temporaryFolder, takeBackup } from "./taken-backup.ts";

useDumpableServer();

const manyRows =
  "CREATE TABLE gifts AS SELECT gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid() AS a FROM generate_series(1, 350000)";

async function createBucket(t: TestContext): Promise<{ aws: Aws; target: BucketTarget; staging: string }> {
  const aws = await createAws(t);
  Object.assign(process.env, aws.environment);
  const bucket = `backups-${randomBytes(4).toString("hex")}`;
  await aws.s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    }),
  );
  const staging = await temporaryFolder(t);
  const access = { region: aws.region, endpoints: { s3: aws.endpoint } };
  return { aws, staging, target: { bucket, prefix: "app/db/", stagingDirectory: staging, aws: access } };
}

async function keysIn(aws: Aws, { bucket }: BucketTarget): Promise<string[]> {
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = "" }) => Key).sort();
}

test("a large archive is uploaded in parts, encrypted, and found again with its checksum", async (t) => {
  const { aws, target, staging } = await createBucket(t);
  const { request, connection } = await createSource(t, manyRows);
  const bucketRequest = {
    ...request,
    target: { ...target, serverSideEncryption: "AES256" as const },
    compress: "0",
  };
  const identity = await identifyLogicalBackup(bucketRequest);
  await dumpOrFail(bucketRequest, identity);
  assert.deepEqual(await namesIn(staging), [basename(identity.temporaryPath)]);
  assert.deepEqual(await keysIn(aws, target), []);
  assert.equal(await logicalBackupExists(bucketRequest, identity), false);
  const backup = await completeLogicalBackup(bucketRequest, identity);
  assert.ok(backup.sizeBytes > 2 * 16 * 1024 ** 2);
  assert.deepEqual(await keysIn(aws, target), [`app/db/${identity.name}`, `app/db/${identity.name}.json`]);
  assert.deepEqual(await namesIn(staging), []);
  assert.equal(backup.id, `s3://${target.bucket}/app/db/${identity.name}`);
  assert.equal(await logicalBackupExists(bucketRequest, identity), true);
  assert.ok(aws.calls("UploadPart").length >= 3);
  const head = await aws.s3.send(
    new HeadObjectCommand({ Bucket: target.bucket, Key: `app/db/${identity.name}` }),
  );
  assert.equal(head.ServerSideEncryption, "AES256");
  assert.match(head.ETag ?? "", /-\d+"$/);
  const found = await findLogicalBackup({ location: backup.id, connection, stagingDirectory: staging });
  assert.deepEqual({ ...found, restoreCommand: "" }, { ...backup, restoreCommand: "" });
  assert.match(backup.restoreCommand, /^aws s3 cp s3:\/\/\S+ \.\/\S+\.dump && createdb /);
  assert.equal((await identifyLogicalBackup(bucketRequest, identity)).name, identity.name);
  // A password that has changed before a retry runs the command again.
  await dumpOrFail(bucketRequest, identity);
  assert.equal((await completeLogicalBackup(bucketRequest, identity)).takenAt, backup.takenAt);
  assert.deepEqual(await namesIn(staging), []);
});

test("an archive in directory format is uploaded file by file, the manifest last", async (t) => {
  const { aws, target, staging } = await createBucket(t);
  const { request, connection } = await createSource(t);
  const backup = await takeBackup({ ...request, target, format: "directory", restore: "always" });
  const keys = await keysIn(aws, target);
  assert.ok(
    keys.some((key) => key.endsWith(".dir/toc.dat")) && keys.some((key) => key.endsWith(".dir.json")),
  );
  const found = await findLogicalBackup({ location: `${backup.id}/`, connection, aws: target.aws });
  assert.equal(found.id, backup.id);
  assert.match(backup.restoreCommand, /^aws s3 cp --recursive s3:\/\/\S+\/ \.\/\S+\.dir\/ && /);
  assert.deepEqual(await namesIn(staging), []);
});

test("an object that was changed or cut off since is refused", async (t) => {
  const { aws, target } = await createBucket(t);
  const { request, connection } = await createSource(t);
  const { id } = await takeBackup({ ...request, target });
  const at = { Bucket: target.bucket, Key: id.split("/").slice(3).join("/") };
  const body = await (await aws.s3.send(new GetObjectCommand(at))).Body?.transformToByteArray();
  await aws.s3.send(new PutObjectCommand({ ...at, Body: body?.slice(0, -10) ?? "" }));
  await assert.rejects(
    findLogicalBackup({ location: id, connection, aws: target.aws }),
    refusal("ARCHIVE_DAMAGED", /SHA-256/),
  );
});

test("a failed upload leaves nothing that counts as a backup", async (t) => {
  const { aws, target, staging } = await createBucket(t);
  const { request } = await createSource(t);
  const bucketRequest = { ...request, target };
  const identity = await identifyLogicalBackup(bucketRequest);
  await dumpOrFail(bucketRequest, identity);
  const failing = aws.intercept(
    { action: "PutObject" },
    { error: { code: "AccessDenied", message: "no", status: 403 } },
  );
  await assert.rejects(completeLogicalBackup(bucketRequest, identity), { code: "AWS_ACCESS_DENIED" });
  failing.remove();
  assert.deepEqual(await namesIn(staging), []);
  assert.deepEqual(await keysIn(aws, target), []);
  assert.equal(await logicalBackupExists(bucketRequest, identity), false);
});

test("an upload in parts that fails leaves no parts behind", async (t) => {
  const { aws, target } = await createBucket(t);
  const { request } = await createSource(t, manyRows);
  aws.intercept(
    { action: "UploadPart", when: ({ partNumber }) => partNumber === "2" },
    { error: { code: "AccessDenied", message: "no", status: 403 } },
  );
  await assert.rejects(takeBackup({ ...request, target, compress: "0" }), { code: "AWS_ACCESS_DENIED" });
  const { Uploads = [] } = await aws.s3.send(new ListMultipartUploadsCommand({ Bucket: target.bucket }));
  assert.deepEqual([Uploads, await keysIn(aws, target)], [[], []]);
});

test("backups beyond retention are deleted with their manifests, foreign objects are not", async (t) => {
  const { aws, target, staging } = await createBucket(t);
  const { request } = await createSource(t);
  const old = await takeBackup({ ...request, target });
  const key = old.id.split("/").slice(3).join("/");
  const foreign = `app/db/${request.connection.database}-x-20200101t000000000z.dump`;
  const at = { Bucket: target.bucket, Key: `${key}.json` };
  const manifest = await (await aws.s3.send(new GetObjectCommand(at))).Body?.transformToString();
  const takenAt = new Date(Date.now() - 40 * 86_400_000).toISOString();
  const aged = JSON.stringify({ ...(JSON.parse(manifest ?? "") as object), takenAt });
  await aws.s3.send(new PutObjectCommand({ ...at, Body: aged }));
  await aws.s3.send(new PutObjectCommand({ Bucket: target.bucket, Key: foreign, Body: "mine" }));
  await writeFile(join(staging, `${request.connection.database}-x-20200101t000000000z.dump.unfinished`), "");
  const kept = await takeBackup({ ...request, target, retain: 1 });
  const keptKey = kept.id.split("/").slice(3).join("/");
  assert.deepEqual(await keysIn(aws, target), [foreign, keptKey, `${keptKey}.json`].sort());
  assert.deepEqual(await namesIn(staging), []);
});

test("a bucket that does not exist, or may not be listed, is said before anything is dumped", async (t) => {
  const { aws, target } = await createBucket(t);
  const { request } = await createSource(t);
  await assert.rejects(
    identifyLogicalBackup({ ...request, target: { ...target, bucket: "no-such-bucket" } }),
    refusal("TARGET_UNUSABLE", /The bucket no-such-bucket does not exist/),
  );
  const refused = aws.intercept(
    { action: ["ListObjectsV2", "ListObjects"] },
    { error: { code: "AccessDenied", message: "not for you", status: 403 } },
  );
  await assert.rejects(identifyLogicalBackup({ ...request, target }), { code: "AWS_ACCESS_DENIED" });
  assert.ok(refused.count > 0);
});
