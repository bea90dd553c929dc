import type { DBCluster } from "@aws-sdk/client-rds";
import type { Properties } from "../provider.ts";
import { masterUserSecrets } from "./instance-properties.ts";
import { tagOutputs } from "./tags.ts";

/** Inputs of a cluster and the fields of the API that they are. */
export const clusterFields: Record<string, string> = {
  allocatedStorage: "AllocatedStorage",
  availabilityZones: "AvailabilityZones",
  backupRetentionPeriod: "BackupRetentionPeriod",
  copyTagsToSnapshot: "CopyTagsToSnapshot",
  databaseName: "DatabaseName",
  dbClusterInstanceClass: "DBClusterInstanceClass",
  dbClusterParameterGroupName: "DBClusterParameterGroupName",
  dbSubnetGroupName: "DBSubnetGroupName",
  deletionProtection: "DeletionProtection",
  enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
  enableHttpEndpoint: "EnableHttpEndpoint",
  engine: "Engine",
  engineMode: "EngineMode",
  engineVersion: "EngineVersion",
  iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
  iops: "Iops",
  kmsKeyId: "KmsKeyId",
  manageMasterUserPassword: "ManageMasterUserPassword",
  masterPassword: "MasterUserPassword",
  masterUserSecretKmsKeyId: "MasterUserSecretKmsKeyId",
  masterUsername: "MasterUsername",
  networkType: "NetworkType",
  port: "Port",
  preferredBackupWindow: "PreferredBackupWindow",
  preferredMaintenanceWindow: "PreferredMaintenanceWindow",
  storageEncrypted: "StorageEncrypted",
  storageType: "StorageType",
  vpcSecurityGroupIds: "VpcSecurityGroupIds",
};

/** Outputs of a cluster that are not inputs of the program, or need not be. */
export const clusterOutputNames = [
  ...["allocatedStorage", "arn", "availabilityZones", "backupRetentionPeriod", "clusterIdentifier"],
  ...["clusterIdentifierPrefix", "clusterMembers", "clusterResourceId", "databaseName", "dbSubnetGroupName"],
  ...["dbClusterParameterGroupName", "endpoint", "engineVersion", "engineVersionActual", "hostedZoneId"],
  ...["iamRoles", "kmsKeyId", "masterUserSecrets", "masterUsername", "networkType", "port"],
  ...["preferredBackupWindow", "preferredMaintenanceWindow", "readerEndpoint", "region", "storageEncrypted"],
  ...["storageType", "tagsAll", "vpcSecurityGroupIds"],
];

/** The outputs of a cluster as it is; those that AWS does not tell are as the inputs say. */
export function clusterOutputs(found: DBCluster, inputs: Properties, region: string): Properties {
  return {
    ...inputs,
    ...sharedClusterProperties(found, region),
    allocatedStorage: found.AllocatedStorage ?? 1,
    clusterIdentifierPrefix: inputs["clusterIdentifierPrefix"] ?? "",
    copyTagsToSnapshot: found.CopyTagsToSnapshot ?? false,
    engineVersion: inputs["engineVersion"] ?? found.EngineVersion,
    engineVersionActual: found.EngineVersion,
    storageType: found.StorageType ?? "",
    ...tagOutputs(inputs, found.TagList),
  };
}

/** What the resource and the function of a cluster have in common. */
export function sharedClusterProperties(found: DBCluster, region: string): Properties {
  return {
    arn: found.DBClusterArn,
    availabilityZones: found.AvailabilityZones ?? [],
    backupRetentionPeriod: found.BackupRetentionPeriod ?? 1,
    clusterIdentifier: found.DBClusterIdentifier,
    clusterMembers: (found.DBClusterMembers ?? []).map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
    clusterResourceId: found.DbClusterResourceId,
    databaseName: found.DatabaseName ?? "",
    dbClusterParameterGroupName: found.DBClusterParameterGroup ?? "",
    dbSubnetGroupName: found.DBSubnetGroup ?? "",
    deletionProtection: found.DeletionProtection ?? false,
    enabledCloudwatchLogsExports: found.EnabledCloudwatchLogsExports ?? [],
    endpoint: found.Endpoint ?? "",
    engine: found.Engine,
    engineMode: found.EngineMode ?? "provisioned",
    hostedZoneId: found.HostedZoneId ?? "",
    iamDatabaseAuthenticationEnabled: found.IAMDatabaseAuthenticationEnabled ?? false,
    iamRoles: (found.AssociatedRoles ?? []).map(({ RoleArn }) => RoleArn),
    kmsKeyId: found.KmsKeyId ?? "",
    masterUserSecrets: masterUserSecrets(found.MasterUserSecret),
    masterUsername: found.MasterUsername ?? "",
    networkType: found.NetworkType ?? "IPV4",
    port: found.Port ?? 0,
    preferredBackupWindow: found.PreferredBackupWindow ?? "",
    preferredMaintenanceWindow: found.PreferredMaintenanceWindow ?? "",
    readerEndpoint: found.ReaderEndpoint ?? "",
    region,
    storageEncrypted: found.StorageEncrypted ?? false,
    vpcSecurityGroupIds: (found.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
  };
}
