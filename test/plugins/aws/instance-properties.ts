import type { DBInstance, MasterUserSecret } from "@aws-sdk/client-rds";
import type { Properties } from "../provider.ts";
import { tagOutputs } from "./tags.ts";

/** Inputs of an instance and the fields of the API that they are. */
export const instanceFields: Record<string, string> = {
  allocatedStorage: "AllocatedStorage",
  allowMajorVersionUpgrade: "AllowMajorVersionUpgrade",
  autoMinorVersionUpgrade: "AutoMinorVersionUpgrade",
  availabilityZone: "AvailabilityZone",
  backupRetentionPeriod: "BackupRetentionPeriod",
  backupWindow: "PreferredBackupWindow",
  caCertIdentifier: "CACertificateIdentifier",
  copyTagsToSnapshot: "CopyTagsToSnapshot",
  dbName: "DBName",
  dbSubnetGroupName: "DBSubnetGroupName",
  deletionProtection: "DeletionProtection",
  enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
  engine: "Engine",
  engineVersion: "EngineVersion",
  iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
  instanceClass: "DBInstanceClass",
  iops: "Iops",
  kmsKeyId: "KmsKeyId",
  licenseModel: "LicenseModel",
  maintenanceWindow: "PreferredMaintenanceWindow",
  manageMasterUserPassword: "ManageMasterUserPassword",
  masterUserSecretKmsKeyId: "MasterUserSecretKmsKeyId",
  maxAllocatedStorage: "MaxAllocatedStorage",
  monitoringInterval: "MonitoringInterval",
  monitoringRoleArn: "MonitoringRoleArn",
  multiAz: "MultiAZ",
  networkType: "NetworkType",
  optionGroupName: "OptionGroupName",
  parameterGroupName: "DBParameterGroupName",
  password: "MasterUserPassword",
  performanceInsightsEnabled: "EnablePerformanceInsights",
  performanceInsightsRetentionPeriod: "PerformanceInsightsRetentionPeriod",
  port: "Port",
  publiclyAccessible: "PubliclyAccessible",
  storageEncrypted: "StorageEncrypted",
  storageThroughput: "StorageThroughput",
  storageType: "StorageType",
  username: "MasterUsername",
  vpcSecurityGroupIds: "VpcSecurityGroupIds",
};

/** Outputs of an instance that are not inputs of the program, or need not be. */
export const instanceOutputNames = [
  ...["address", "allocatedStorage", "arn", "availabilityZone", "backupRetentionPeriod", "backupTarget"],
  ...[
    "backupWindow",
    "caCertIdentifier",
    "dbName",
    "dbSubnetGroupName",
    "endpoint",
    "engine",
    "engineVersion",
  ],
  ...["engineVersionActual", "hostedZoneId", "identifier", "identifierPrefix", "kmsKeyId", "licenseModel"],
  ...["latestRestorableTime", "listenerEndpoints", "maintenanceWindow", "masterUserSecrets", "multiAz"],
  ...["networkType", "optionGroupName", "parameterGroupName", "port", "region", "replicas", "resourceId"],
  ...["snapshotIdentifier", "status", "storageThroughput", "storageType", "tagsAll", "username"],
  "vpcSecurityGroupIds",
];

/** The outputs of an instance as it is; those that AWS does not tell are as the inputs say. */
export function instanceOutputs(found: DBInstance, inputs: Properties, region: string): Properties {
  const { Address: address = "", Port: port = 0, HostedZoneId: hostedZoneId = "" } = found.Endpoint ?? {};
  return {
    ...inputs,
    ...sharedProperties(found),
    address,
    arn: found.DBInstanceArn,
    backupTarget: found.BackupTarget ?? "region",
    backupWindow: found.PreferredBackupWindow ?? "",
    copyTagsToSnapshot: found.CopyTagsToSnapshot ?? false,
    deletionProtection: found.DeletionProtection ?? false,
    endpoint: address === "" ? "" : `${address}:${port}`,
    engineVersion: inputs["engineVersion"] ?? found.EngineVersion,
    engineVersionActual: found.EngineVersion,
    hostedZoneId,
    iamDatabaseAuthenticationEnabled: found.IAMDatabaseAuthenticationEnabled ?? false,
    identifier: found.DBInstanceIdentifier,
    identifierPrefix: inputs["identifierPrefix"] ?? "",
    instanceClass: found.DBInstanceClass,
    latestRestorableTime: found.LatestRestorableTime?.toISOString().replace(/\.\d+Z$/, "Z") ?? "",
    listenerEndpoints: [],
    maintenanceWindow: found.PreferredMaintenanceWindow ?? "",
    parameterGroupName: found.DBParameterGroups?.[0]?.DBParameterGroupName ?? "",
    performanceInsightsEnabled: found.PerformanceInsightsEnabled ?? false,
    port,
    region,
    replicas: found.ReadReplicaDBInstanceIdentifiers ?? [],
    snapshotIdentifier: inputs["snapshotIdentifier"] ?? "",
    status: found.DBInstanceStatus,
    username: found.MasterUsername ?? "",
    vpcSecurityGroupIds: securityGroups(found),
    ...tagOutputs(inputs, found.TagList),
  };
}

/** What the resource and the function of an instance have in common. */
export function sharedProperties(found: DBInstance): Properties {
  return {
    allocatedStorage: found.AllocatedStorage ?? 0,
    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? false,
    availabilityZone: found.AvailabilityZone ?? "",
    backupRetentionPeriod: found.BackupRetentionPeriod ?? 0,
    caCertIdentifier: found.CACertificateIdentifier ?? "",
    dbName: found.DBName ?? "",
    enabledCloudwatchLogsExports: found.EnabledCloudwatchLogsExports ?? [],
    engine: found.Engine,
    iops: found.Iops ?? 0,
    kmsKeyId: found.KmsKeyId ?? "",
    licenseModel: found.LicenseModel ?? "",
    masterUserSecrets: masterUserSecrets(found.MasterUserSecret),
    maxAllocatedStorage: found.MaxAllocatedStorage ?? 0,
    monitoringInterval: found.MonitoringInterval ?? 0,
    monitoringRoleArn: found.MonitoringRoleArn ?? "",
    multiAz: found.MultiAZ ?? false,
    networkType: found.NetworkType ?? "IPV4",
    publiclyAccessible: found.PubliclyAccessible ?? false,
    resourceId: found.DbiResourceId,
    storageEncrypted: found.StorageEncrypted ?? false,
    storageThroughput: found.StorageThroughput ?? 0,
    storageType: found.StorageType ?? "",
    timezone: found.Timezone ?? "",
  };
}

/** The security groups of an instance. */
export function securityGroups(found: DBInstance): string[] {
  return (found.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? "");
}

/** The secret of a managed password, as a list of one or none. */
export function masterUserSecrets(secret: MasterUserSecret | undefined): Properties[] {
  if (secret === undefined) return [];
  return [
    { secretArn: secret.SecretArn, secretStatus: secret.SecretStatus, kmsKeyId: secret.KmsKeyId ?? "" },
  ];
}
