import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CreateDBClusterParameterGroupCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { type Aws, createAws } from "../aws/aws.ts";
import { createCluster, createInstance } from "../aws/database.ts";
import { createSubnetGroup } from "../aws/subnet-group.ts";
import { createProject } from "./project.ts";
import { succeeds, up } from "./up.ts";

const options = "pollMs: 100, requirements: { minFreeStoragePercent: 0 }";

async function clusterPlacement({ rds }: Aws, identifier: string) {
  const { DBClusters: [cluster] = [] } = await rds.send(
    new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }),
  );
  return {
    subnetGroup: cluster?.DBSubnetGroup,
    securityGroups: cluster?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
    parameterGroup: cluster?.DBClusterParameterGroup,
  };
}

async function instanceOf({ rds }: Pick<Aws, "rds">, identifier: string) {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const { DBInstances: [instance] = [] } = await rds.send(command);
  // Moves on by itself.
  delete instance?.LatestRestorableTime;
  return instance;
}

test("what is restored into a cluster stands in the network of the original, with its parameters", async (t) => {
  const aws = await createAws(t);
  await createSubnetGroup(aws, "private");
  await aws.rds.send(
    new CreateDBClusterParameterGroupCommand({
      DBClusterParameterGroupName: "tuned",
      DBParameterGroupFamily: "aurora-postgresql17",
      Description: "tuned",
    }),
  );
  const placement = {
    DBSubnetGroupName: "private",
    VpcSecurityGroupIds: ["sg-0123456789abcdef0", "sg-0123456789abcdef1"],
    DBClusterParameterGroupName: "tuned",
  };
  await createCluster(aws, { DBClusterIdentifier: "app-aurora", ...placement });
  const program = `
    import { RdsSnapshot } from "./components/index.ts";
    const snapshot = new RdsSnapshot("upgrade", { cluster: "app-aurora", ${options} });
    snapshot.restoreInto("restored", { identifier: "aurora-restored" });`;
  const project = await createProject(t, { program, environment: aws.environment });
  await up(project);
  const restored = await clusterPlacement(aws, "aurora-restored");
  assert.deepEqual(restored, await clusterPlacement(aws, "app-aurora"));
  assert.equal(restored.subnetGroup, "private");
  assert.equal(restored.securityGroups?.length, 2);
});

test("what was restored stays when its original is changed, and when it is gone", async (t) => {
  const aws = await createAws(t);
  await createSubnetGroup(aws, "private");
  await createInstance(aws, { DBInstanceIdentifier: "app-prod", DBSubnetGroupName: "private" });
  const program = (trigger: string, identifier = "app-prod"): string => `
    import { RdsSnapshot } from "./components/index.ts";
    const snapshot = new RdsSnapshot("upgrade", { instance: "${identifier}", triggers: ["${trigger}"], ${options} });
    const restored = snapshot.restoreInto("restored", { identifier: "app-restored" });
    export const host = restored.host;`;
  const project = await createProject(t, { program: program("1"), environment: aws.environment });
  await up(project);
  const restored = await instanceOf(aws, "app-restored");
  assert.equal(restored?.DBSubnetGroup?.DBSubnetGroupName, "private");

  // By then the application uses what was restored, and the next backups are of that.
  await aws.rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: "app-prod",
      DBInstanceClass: "db.m7g.4xlarge",
      MultiAZ: true,
      VpcSecurityGroupIds: ["sg-0123456789abcdef9"],
    }),
  );
  await project.writeProgram(program("2"));
  assert.doesNotMatch(await up(project), /RdsRestore restored|restored-instance/);
  await aws.rds.send(
    new DeleteDBInstanceCommand({ DBInstanceIdentifier: "app-prod", SkipFinalSnapshot: true }),
  );
  await up(project, "--expect-no-changes");
  await succeeds(project, "preview", "--expect-no-changes");
  await project.writeProgram(program("3", "app-restored"));
  assert.doesNotMatch(await up(project), /RdsRestore restored|restored-instance/);
  assert.deepEqual(await instanceOf(aws, "app-restored"), restored);
  await up(project, "--refresh", "--expect-no-changes");
});

test("with a provider of another region, everything is done in that region", async (t) => {
  const aws = await createAws(t);
  const [region, { endpoint, credentials }] = ["eu-west-1", aws];
  const rds = new RDSClient({ endpoint, region, credentials });
  t.after(() => rds.destroy());
  await createInstance({ rds }, { DBInstanceIdentifier: "app-prod" });
  const program = `
    import * as aws from "@pulumi/aws";
    import { RdsSnapshot } from "./components/index.ts";
    const provider = new aws.Provider("ireland", { region: "${region}" });
    const snapshot = new RdsSnapshot("upgrade", { instance: "app-prod", ${options} }, { provider });
    snapshot.restoreInto("restored", { identifier: "app-restored" });
    export const restoreCommand = snapshot.backup.apply((backup) => backup?.restoreCommand);`;
  const project = await createProject(t, { program, environment: aws.environment });
  await succeeds(project, "preview");
  await up(project);
  await up(project, "--expect-no-changes");
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
  assert.equal(DBSnapshots.length, 1);
  assert.match(DBSnapshots[0]?.DBSnapshotArn ?? "", /:eu-west-1:/);
  assert.match(String((await project.outputs())["restoreCommand"]), /^aws rds --region eu-west-1 /);
  assert.match((await instanceOf({ rds }, "app-restored"))?.DBInstanceArn ?? "", /:eu-west-1:/);
  const here = await aws.rds.send(new DescribeDBInstancesCommand({}));
  assert.deepEqual(here.DBInstances, []);
});
