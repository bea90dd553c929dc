export { type ConnectionArgs } from "./connection.ts";
export { type BackupArgs, type BackupComponent, type BackupMethodArgs } from "./backup.ts";
export { type BackupOccasionArgs } from "./backup-occasion.ts";
export { CommandMigrationRun, type CommandMigrationRunArgs } from "./command-migration-run.ts";
export { type CommandOptions } from "./command-options.ts";
export { DatabaseCopy, type DatabaseCopyArgs, type DatabaseCopyOptions } from "./database-copy.ts";
export { DatabaseMigration, type DatabaseMigrationArgs } from "./database-migration.ts";
export { ExistingBackup, type ExistingBackupArgs, type ExistingBackupOptions } from "./existing-backup.ts";
export { LogicalBackup, type LogicalBackupArgs, type LogicalBackupOptions } from "./logical-backup.ts";
export { MigrationRun, type MigrationRunArgs, type MigrationRunOptions } from "./migration-run.ts";
export {
  PointInTimeRecovery,
  type PointInTimeRecoveryArgs,
  type PointInTimeRecoveryOptions,
} from "./point-in-time-recovery.ts";
export { type PlanArgs } from "./plan-args.ts";
export { Preflight, type PreflightArgs } from "./preflight.ts";
export { RdsRestore } from "./rds-restore.ts";
export { type RdsRestoreArgs } from "./rds-restore-args.ts";
export { RdsSnapshot } from "./rds-snapshot.ts";
export { type RdsSnapshotArgs, type RdsSnapshotOptions } from "./rds-snapshot-args.ts";
export { type RdsSourceArgs } from "./rds-source.ts";
export { Verification, type VerificationArgs } from "./verification.ts";
export { Watch, type WatchArgs } from "./watch.ts";
export {
  type AppliedMigration,
  type AwsAccess,
  type Backup,
  type BackupOccasion,
  type BackupVerification,
  type LogicalBackupTarget,
  type RdsDatabase,
  type RdsRequirements,
  type Check,
  type CheckOptions,
  type CheckResult,
  type CheckTime,
  type Columns,
  type Connection,
  type FolderFormat,
  folderFormats,
  type Plan,
  type Policy,
  type TlsMode,
  connectionFromUrl,
  columnIs,
  command,
  constraintExists,
  enumHas,
  exactlyOne,
  extensionInstalled,
  foreignKeyExists,
  http,
  indexExists,
  lockWaitsBelow,
  noDuplicates,
  noInvalidIndexes,
  noOrphans,
  notNull,
  noUnvalidatedConstraints,
  policyExists,
  preserved,
  privilegeGranted,
  queryCostBelow,
  queryFasterThan,
  queryUsesIndex,
  replicationLagBelow,
  returnsNoRows,
  returnsRows,
  rowCount,
  rowCountChange,
  rowSecurityEnabled,
  scalar,
  schemaMatches,
  sequencesAhead,
  smoke,
  sumPreserved,
  tableExists,
  valueIn,
} from "../engine/index.ts";
