import {
  CreateDBClusterCommand,
  type CreateDBClusterCommandInput,
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  type DBCluster,
  type DBInstance,
} from "@aws-sdk/client-rds";
import type { Aws } from "./aws.ts";

/** Creates a PostgreSQL instance that is available at once, with usual values for members that are not given. */
export async function createInstance(
  aws: Pick<Aws, "rds">,
  settings: Partial<CreateDBInstanceCommandInput> & { DBInstanceIdentifier: string },
): Promise<DBInstance> {
  const { DBInstance: instance } = await aws.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceClass: "db.t4g.micro",
      Engine: "postgres",
      EngineVersion: "17.5",
      AllocatedStorage: 20,
      DBName: "app",
      MasterUsername: "postgres",
      MasterUserPassword: "a-password-of-the-tests",
      StorageEncrypted: true,
      BackupRetentionPeriod: 7,
      ...settings,
    }),
  );
  if (instance === undefined) throw new Error("moto created no instance.");
  return instance;
}

/** Creates an Aurora cluster for PostgreSQL with one instance, `<identifier>-1`. */
export async function createCluster(
  aws: Pick<Aws, "rds">,
  settings: Partial<CreateDBClusterCommandInput> & { DBClusterIdentifier: string },
): Promise<DBCluster> {
  const { DBCluster: cluster } = await aws.rds.send(
    new CreateDBClusterCommand({
      Engine: "aurora-postgresql",
      EngineVersion: "17.5",
      DatabaseName: "app",
      MasterUsername: "postgres",
      MasterUserPassword: "a-password-of-the-tests",
      StorageEncrypted: true,
      BackupRetentionPeriod: 7,
      ...settings,
    }),
  );
  if (cluster === undefined) throw new Error("moto created no cluster.");
  await aws.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: `${settings.DBClusterIdentifier}-1`,
      DBClusterIdentifier: settings.DBClusterIdentifier,
      DBInstanceClass: "db.r7g.large",
      Engine: "aurora-postgresql",
    }),
  );
  return cluster;
}
