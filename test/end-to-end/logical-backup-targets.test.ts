import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { CreateBucketCommand, HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createAws } from "../aws/aws.ts";
import { createTestDatabase } from "../database.ts";
import { systemPrograms, useDumpableServer } from "../dumpable-server.ts";
import { archiveFolder, archivesIn, backupOf, createOwner, dumpInto } from "./dumps.ts";
import { createMigratedProject, createProject } from "./project.ts";
import { succeeds, up } from "./up.ts";

useDumpableServer();

test("on its own it is taken when its triggers change, and keeps the password to itself", async (t) => {
  const [folder, database] = [await archiveFolder(t), await createTestDatabase(t)];
  // A program can hold a password that it does not say is secret.
  const password = "in-the-program-in-clear";
  const user = await createOwner(t, database, password);
  const { host, port } = database;
  const connection = { host, port, database: database.database, user, password };
  const args = { connection, ...dumpInto(folder).logicalBackup };
  const program = (trigger: string) => `
    import { LogicalBackup } from "./components/index.ts";
    const dump = new LogicalBackup("nightly", { ...${JSON.stringify(args)}, triggers: ["${trigger}"] });
    export const backups = dump.backup.apply((backup) => [backup]);`;
  const project = await createProject(t, { program: program("monday") });
  await up(project);
  assert.ok(!(await succeeds(project, "stack", "export")).includes(password));
  const { id } = await backupOf(project);
  await up(project, "--expect-no-changes");
  await project.writeProgram(program("tuesday"));
  await up(project);
  assert.notEqual((await backupOf(project)).id, id);
  assert.equal((await archivesIn(folder)).length, 2);
});

test("at S3 it is encrypted, its manifest comes last, and it is looked for once where nothing is pending", async (t) => {
  const [staging, aws] = [await archiveFolder(t), await createAws(t)];
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" as const };
  const Bucket = `dumps-${aws.accountId}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const target = {
    bucket: Bucket,
    prefix: "app/",
    stagingDirectory: staging,
    serverSideEncryption: "AES256",
  };
  const logicalBackup = { target, programs: systemPrograms(), restore: "never" };
  const { project } = await createMigratedProject(t, { backup: { logicalBackup } }, aws.environment);
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await up(project);
  const { id } = await backupOf(project);
  const Key = id.slice(`s3://${Bucket}/`.length);
  const written = aws.calls("PutObject").map(({ parameters }) => parameters["Key"]);
  assert.deepEqual(written, [Key, `${Key}.json`]);
  const head = await aws.s3.send(new HeadObjectCommand({ Bucket, Key }));
  assert.equal(head.ServerSideEncryption, "AES256");
  assert.deepEqual(await readdir(staging), []);

  const calls = aws.calls().length;
  await up(project, "--expect-no-changes");
  // It looks once whether the archive is there, and never again.
  const looked = aws.calls().slice(calls);
  assert.deepEqual(
    looked.map(({ action }) => action),
    ["GetObject"],
  );
  await up(project, "--expect-no-changes");
  assert.equal(aws.calls().length, calls + looked.length);
  await succeeds(project, "destroy", "--yes", "--skip-preview");
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
  assert.deepEqual(Contents.map(({ Key: key }) => key).sort(), [Key, `${Key}.json`]);
});
