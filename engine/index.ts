export { PgMigrationsError } from "./error.ts";
export { printable } from "./foreign-text.ts";
export { type Connection, connectionWarnings, databaseOf } from "./postgres/connection.ts";
export { type TlsMode } from "./postgres/tls.ts";
export { withVisibleGaps } from "./postgres/given-parts.ts";
export { connectionFromUrl } from "./postgres/connection-url.ts";
export { ConnectionError } from "./postgres/connection-error.ts";
export { connect, type Database } from "./postgres/database.ts";
export { looksOnly, type SessionSettings } from "./postgres/session-settings.ts";
export { describeHolder, type LockHolder } from "./postgres/lock-holders.ts";
export { type StatementProgress } from "./postgres/statement-progress.ts";
export { LockHeldError } from "./postgres/advisory-lock.ts";
export { NameError } from "./postgres/identifier.ts";
export { StatementFailure } from "./postgres/statement-failure.ts";
export { type TextPosition } from "./postgres/text-position.ts";
export { type Folder, type FolderFormat, folderFormats, readFolder } from "./folder/folder.ts";
export { type Migration, type ScriptSection } from "./folder/migration.ts";
export { FolderError } from "./folder/folder-error.ts";
export { filesDigest } from "./folder/files-digest.ts";
export { type CommandRequest } from "./command/command-request.ts";
export {
  type FilesMode,
  type FolderRequest,
  isFilesFolder,
  readCommandFolder,
  recordFiles,
} from "./command/files-ledger.ts";
export { runCommand, type CommandSurroundings } from "./command/run-command.ts";
export { type AttemptProgress, type LedgerEntry } from "./ledger/ledger.ts";
export { ledgerPositions } from "./plan/ledger-position.ts";
export { type Declaration } from "./plan/declarations.ts";
export { type PlanOptions, type Policy } from "./plan/plan-options.ts";
export {
  type FailedAttempt,
  isWork,
  onlySteps,
  type PendingMigration,
  type Plan,
  stepsOf,
} from "./plan/plan.ts";
export { PlanError } from "./plan/plan-error.ts";
export { planRun } from "./plan/plan-run.ts";
export {
  lookLockTimeoutMs,
  preflight,
  planOfNewDatabase,
  type PreflightRequest,
  type PreflightResult,
} from "./preflight/preflight.ts";
export { supposedPreflight } from "./preflight/supposed-preflight.ts";
export { PreflightError } from "./preflight/preflight-error.ts";
export { createDatabase } from "./preflight/create-database.ts";
export { type AssumedRole, type AwsAccess } from "./aws/access.ts";
export { AwsError } from "./aws/aws-error.ts";
export { type RdsSource } from "./aws/rds.ts";
export { type RdsDatabase, type RdsPlacement } from "./aws/rds-database.ts";
export {
  type Backup,
  BackupError,
  type BackupMethod,
  type BackupOccasion,
  type BackupVerification,
} from "./backup/backup.ts";
export { snapshotProgress } from "./backup/rds/await-snapshot.ts";
export { findSnapshot } from "./backup/rds/existing-snapshot.ts";
export { identifySnapshot, snapshotExists, type SnapshotRequest } from "./backup/rds/identify-snapshot.ts";
export { type RdsRequirements } from "./backup/rds/rds-readiness.ts";
export { proveSnapshot } from "./backup/rds/rds-snapshot.ts";
export {
  requirePointInTimeRecovery,
  type RestorePointRequest,
  takeRestorePoint,
} from "./backup/rds/restore-point.ts";
export { proveRestore } from "./backup/rds/restore-proof.ts";
export { type SnapshotIdentity } from "./backup/rds/snapshot-identity.ts";
export { pruneSnapshots } from "./backup/rds/snapshot-retention.ts";
export { findDatabaseCopy } from "./backup/existing-copy.ts";
export { dumpProgress } from "./backup/logical-backup/dump-progress.ts";
export { copyDatabase, type DatabaseCopyRequest } from "./backup/database-copy.ts";
export {
  completeLogicalBackup,
  type CompletionHooks,
} from "./backup/logical-backup/complete-logical-backup.ts";
export { dumpCommand, type DumpCommand, passwordVariables } from "./backup/logical-backup/dump-command.ts";
export {
  findLogicalBackup,
  type FindLogicalBackupRequest,
} from "./backup/logical-backup/find-logical-backup.ts";
export {
  identifyLogicalBackup,
  logicalBackupExists,
} from "./backup/logical-backup/identify-logical-backup.ts";
export { type LogicalBackupIdentity } from "./backup/logical-backup/logical-backup-identity.ts";
export {
  type ArchiveFormat,
  type BucketTarget,
  type DirectoryTarget,
  type LogicalBackupRequest,
  type LogicalBackupTarget,
} from "./backup/logical-backup/logical-backup-request.ts";
export { nameWithSuffix } from "./backup/database-name.ts";
export {
  compareDatabases,
  type DatabaseComparison,
  type TableComparison,
} from "./restore/compare-databases.ts";
export { restoreArchive, type RestoreArchiveRequest } from "./restore/restore-archive.ts";
export { restoreCopy, type RestoreCopyRequest } from "./restore/restore-copy.ts";
export { RestoreError } from "./restore/restore-error.ts";
export { type Swap, swapDatabases, type SwapRequest } from "./restore/swap-databases.ts";
export { comparisonReport, restoredLedgerReport } from "./report/restore-report.ts";
export { openShadow, type Shadow, type ShadowRequest } from "./shadow/shadow.ts";
export { ShadowError } from "./shadow/shadow-error.ts";
export { applyRun, type RunOptions, type RunRequest } from "./run/apply-run.ts";
export { RunRefusedError } from "./run/lost-connection.ts";
export {
  type AppliedMigration,
  type FailedMigration,
  type RunResult,
  type StatementError,
  type ViolatedCheck,
} from "./run/run-result.ts";
export { type RunProgress } from "./run/run-progress.ts";
export { type Check, type CheckResult, type Columns } from "./checks/check.ts";
export { CheckDefinitionError } from "./checks/check-definition-error.ts";
export { checksAt, checksOfDatabase, checksThatCompare, checksThatWrite } from "./checks/check-times.ts";
export { type CheckOptions, type CheckTime } from "./checks/check-options.ts";
export { readCheckFiles } from "./checks/check-file.ts";
export { PreconditionError } from "./checks/preconditions.ts";
export { readChecks, readDefinitions } from "./checks/read-checks.ts";
export { runChecks } from "./drift/run-checks.ts";
export { columnIs, type ColumnIs } from "./checks/column-is.ts";
export { command, type Command } from "./checks/command.ts";
export { constraintExists, type ConstraintExists } from "./checks/constraint-exists.ts";
export { enumHas, type EnumHas } from "./checks/enum-has.ts";
export { exactlyOne, type ExactlyOne } from "./checks/exactly-one.ts";
export { extensionInstalled, type ExtensionInstalled } from "./checks/extension-installed.ts";
export { foreignKeyExists, type ForeignKeyExists } from "./checks/foreign-key-exists.ts";
export { http, type Http } from "./checks/http.ts";
export { indexExists, type IndexExists } from "./checks/index-exists.ts";
export { noDuplicates, type NoDuplicates } from "./checks/no-duplicates.ts";
export { noInvalidIndexes, type NoInvalidIndexes } from "./checks/no-invalid-indexes.ts";
export { noOrphans, type NoOrphans } from "./checks/no-orphans.ts";
export { notNull, type NotNull } from "./checks/not-null.ts";
export {
  noUnvalidatedConstraints,
  type NoUnvalidatedConstraints,
} from "./checks/no-unvalidated-constraints.ts";
export { policyExists, type PolicyExists } from "./checks/policy-exists.ts";
export { preserved, type Preserved } from "./checks/preserved.ts";
export { privilegeGranted, type PrivilegeGranted } from "./checks/privilege-granted.ts";
export { queryCostBelow, type QueryCostBelow } from "./checks/query-cost-below.ts";
export { queryFasterThan, type QueryFasterThan } from "./checks/query-faster-than.ts";
export { queryUsesIndex, type QueryUsesIndex } from "./checks/query-uses-index.ts";
export { returnsNoRows, type ReturnsNoRows } from "./checks/returns-no-rows.ts";
export { returnsRows, type ReturnsRows } from "./checks/returns-rows.ts";
export { rowCount, type RowCount } from "./checks/row-count.ts";
export { rowCountChange, type RowCountChange } from "./checks/row-count-change.ts";
export { rowSecurityEnabled, type RowSecurityEnabled } from "./checks/row-security-enabled.ts";
export { scalar, type Scalar } from "./checks/scalar.ts";
export { schemaMatches, type SchemaMatches } from "./checks/schema-matches.ts";
export { sequencesAhead, type SequencesAhead } from "./checks/sequences-ahead.ts";
export { smoke, type Smoke } from "./checks/smoke.ts";
export { sumPreserved, type SumPreserved } from "./checks/sum-preserved.ts";
export { tableExists, type TableExists } from "./checks/table-exists.ts";
export { valueIn, type ValueIn } from "./checks/value-in.ts";
export { lockWaitsBelow, replicationLagBelow } from "./watch/signals.ts";
export { type SlowerStatement } from "./watch/statement-times.ts";
export { type WatchLook, type WatchRequest, type WatchResult } from "./watch/watch-checks.ts";
export { watchDatabase } from "./watch/watch-database.ts";
export { slowerReport, watchReport } from "./report/watch-report.ts";
export { checkReport, checkWarnings, verificationReport } from "./report/check-report.ts";
export { declarationReport, pendingReport, planWarnings, rollbackReport } from "./report/plan-report.ts";
export { type SegmentedMigration } from "./preflight/segmented-migration.ts";
export { type RollbackLoss } from "./preflight/rollback-losses.ts";
export { commandViolations, leftoverReport } from "./report/command-report.ts";
export { type ProgressLine, runProgressLines } from "./report/run-progress-report.ts";
export {
  failureReport,
  keptBackupsReport,
  successReport,
  wayBackReport,
  type WayBack,
} from "./report/run-report.ts";
