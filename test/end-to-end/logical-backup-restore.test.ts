import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { test, type TestContext } from "node:test";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { createAws } from "../aws/aws.ts";
import { query, stateOf } from "../database-state.ts";
import { systemPrograms, useDumpableServer } from "../dumpable-server.ts";
import { awsCliFolder } from "./aws-cli.ts";
import { archiveFolder } from "./dumps.ts";
import { type CommandResult, createMigratedProject } from "./project.ts";
import { succeeds, up } from "./up.ts";

useDumpableServer();

for (const format of ["custom", "directory"])
  test(`what was dumped to S3 comes back by the printed command, typed in an empty folder: ${format}`, async (t) => {
    const aws = await createAws(t);
    const bucket = `dumps-${aws.accountId}`;
    const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" as const };
    await aws.s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
    const target = { bucket, prefix: "app's own/", serverSideEncryption: "AES256" };
    const logicalBackup = { target, format, programs: systemPrograms(), restore: "never" };
    const { project, database } = await createMigratedProject(
      t,
      { backup: { logicalBackup } },
      aws.environment,
    );
    await project.writeMigration(
      "1_gifts",
      `CREATE TABLE gifts (id int PRIMARY KEY, donor text NOT NULL);
       INSERT INTO gifts SELECT i, 'donor ' || i FROM generate_series(1, 500) AS i;`,
    );
    await up(project);
    const before = await stateOf(database);
    await project.writeMigration("2_damage", "DELETE FROM gifts; ALTER TABLE gifts DROP COLUMN donor;");
    await up(project);

    const command = (await succeeds(project, "stack", "output", "restoreCommand")).trim();
    const { exitCode, output } = await type(t, command, {
      ...aws.environment,
      PGPASSWORD: database.password,
    });
    assert.equal(exitCode, 0, output);
    const restored = { ...database, database: `${database.database}_restored` };
    t.after(() =>
      query({ ...database, database: "postgres" }, `DROP DATABASE ${restored.database} WITH (FORCE)`),
    );
    assert.deepEqual(await stateOf(restored), before);
  });

/** Types a command in an empty folder, where the AWS CLI and PostgreSQL's programs are installed. */
async function type(
  t: TestContext,
  command: string,
  variables: Record<string, string>,
): Promise<CommandResult> {
  const PATH = [await awsCliFolder(t), systemPrograms(), process.env["PATH"]].join(delimiter);
  const cwd = await archiveFolder(t);
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", command], { cwd, env: { ...variables, PATH } }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : 1, output: `${command}\n${stdout}${stderr}` }),
    );
  });
}
