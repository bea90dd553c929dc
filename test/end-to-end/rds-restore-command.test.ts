import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { delimiter } from "node:path";
import { test, type TestContext } from "node:test";
import { CreateDBParameterGroupCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { type Aws, createAws } from "../aws/aws.ts";
import { createCluster, createInstance } from "../aws/database.ts";
import { createSubnetGroup } from "../aws/subnet-group.ts";
import { awsCliFolder } from "./aws-cli.ts";
import { type CommandResult, createProject, type Project } from "./project.ts";
import { up } from "./up.ts";

const program = (component: string, source: string): string => `
import { ${component} } from "./components/index.ts";
const backup = new ${component}("upgrade", { ${source}, pollMs: 100, requirements: { minFreeStoragePercent: 0 } });
export const restoreCommand = backup.backup.apply((taken) => taken.restoreCommand);
`;

/** Types the command as it is printed, with the real AWS CLI. */
async function restore(t: TestContext, project: Project, { environment }: Aws): Promise<void> {
  await up(project);
  const command = String((await project.outputs())["restoreCommand"]);
  const env = { ...environment, PATH: [await awsCliFolder(t), process.env["PATH"]].join(delimiter) };
  const { exitCode, output } = await new Promise<CommandResult>((resolve) => {
    execFile("/bin/sh", ["-c", command], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : 1, output: `${command}\n${stdout}${stderr}` }),
    );
  });
  assert.equal(exitCode, 0, output);
}

async function describe({ rds }: Aws, identifier: string) {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const { DBInstances: [instance] = [] } = await rds.send(command);
  return {
    class: instance?.DBInstanceClass,
    subnetGroup: instance?.DBSubnetGroup?.DBSubnetGroupName,
    securityGroups: instance?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
    parameterGroups: instance?.DBParameterGroups?.map((group) => group.DBParameterGroupName),
    multiAz: instance?.MultiAZ,
    cluster: instance?.DBClusterIdentifier,
  };
}

for (const component of ["RdsSnapshot", "PointInTimeRecovery"])
  test(`the command of ${component} restores an instance that is as the original`, async (t) => {
    const aws = await createAws(t);
    const group = {
      DBParameterGroupName: "tuned",
      DBParameterGroupFamily: "postgres17",
      Description: "tuned",
    };
    await aws.rds.send(new CreateDBParameterGroupCommand(group));
    await createSubnetGroup(aws, "private");
    await createInstance(aws, {
      DBInstanceIdentifier: "app-prod",
      DBInstanceClass: "db.m7g.large",
      DBSubnetGroupName: "private",
      DBParameterGroupName: "tuned",
      VpcSecurityGroupIds: ["sg-0123456789abcdef0"],
      MultiAZ: true,
    });
    const project = await createProject(t, {
      program: program(component, 'instance: "app-prod"'),
      environment: aws.environment,
    });
    await restore(t, project, aws);
    assert.deepEqual(await describe(aws, "app-prod-restored"), await describe(aws, "app-prod"));
  });

test("the command of a cluster's snapshot restores a cluster with an instance", async (t) => {
  const aws = await createAws(t);
  await createCluster(aws, { DBClusterIdentifier: "app-aurora" });
  const project = await createProject(t, {
    program: program("RdsSnapshot", 'cluster: "app-aurora"'),
    environment: aws.environment,
  });
  await restore(t, project, aws);
  const { class: instanceClass, cluster } = await describe(aws, "app-aurora-restored-1");
  assert.deepEqual([instanceClass, cluster], ["db.r7g.large", "app-aurora-restored"]);
});
