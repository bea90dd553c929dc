export { PgMigrationsError } from "./error.ts";
export { printable } from "./foreign-text.ts";
export { type Connection } from "./postgres/session/connection.ts";
export { connectionWarnings, databaseOf } from "./postgres/session/resolve-connection.ts";
export { type TlsMode } from "./postgres/session/connection.ts";
export { withVisibleGaps } from "./postgres/session/given-parts.ts";
export { connectionFromUrl } from "./postgres/session/connection-url.ts";
export { ConnectionError } from "./postgres/session/connection-error.ts";
export { type Database } from "./postgres/session/database.ts";
export { connect } from "./postgres/session/connect.ts";
export { looksOnly, type SessionSettings } from "./postgres/session/session-settings.ts";
export { describeHolder, type LockHolder } from "./postgres/activity/lock-holders.ts";
export { type StatementProgress } from "./postgres/activity/statement-progress.ts";
export { LockHeldError } from "./postgres/activity/advisory-lock.ts";
export { NameError } from "./postgres/text/identifier.ts";
export { StatementFailure } from "./postgres/text/statement-failure.ts";
export { type TextPosition } from "./postgres/text/text-position.ts";
export { type Folder } from "./folder/folder.ts";
export { type FolderFormat, folderFormats } from "./formats/formats.ts";
export { readFolder } from "./formats/read-folder.ts";
export { type Migration, type ScriptSection } from "./folder/migration.ts";
export { FolderError } from "./folder/folder-error.ts";
export { filesDigest } from "./folder/files-digest.ts";
export { type CommandRequest } from "./command/command-request.ts";
export { isFilesFolder, recordFiles } from "./ledger/files-ledger.ts";
export { type FilesMode, type FolderRequest, readCommandFolder } from "./formats/read-files-folder.ts";
export { runCommand, type CommandSurroundings } from "./command/run-command.ts";
export { type AttemptProgress, type LedgerEntry } from "./ledger/ledger.ts";
export { ledgerPositions } from "./plan/ledger-position.ts";
export { type PlanOptions, type Policy } from "./plan/plan-options.ts";
export { type FailedAttempt, type Plan } from "./plan/plan.ts";
export {
  type Application,
  type Declaration,
  type Rollback,
  type Step,
  stepInWords,
  type Steps,
  stepsOf,
} from "./plan/step.ts";
export { digestOf } from "./plan/digest.ts";
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
export { applyRun } from "./run/apply-run.ts";
export { type RunOptions, type RunRequest } from "./run/run-request.ts";
export { RunRefusedError } from "./run/lost-connection.ts";
export {
  type AppliedMigration,
  type FailedMigration,
  type RunResult,
  type StatementError,
  type ViolatedCheck,
} from "./run/run-result.ts";
export { type RunProgress } from "./run/run-result.ts";
export { type Check, type CheckResult } from "./checks/check.ts";
export { type Columns } from "./checks/kind/column-reference.ts";
export { CheckDefinitionError } from "./checks/kind/check-definition-error.ts";
export { checksAt, checksOfDatabase, checksThatCompare, checksThatWrite } from "./checks/check-times.ts";
export { type CheckOptions, type CheckTime } from "./checks/kind/check-options.ts";
export { readCheckFiles } from "./checks/check-file.ts";
export { PreconditionError } from "./checks/preconditions.ts";
export { readChecks, readDefinitions } from "./checks/read-checks.ts";
export { runChecks } from "./drift/run-checks.ts";
export { columnIs, type ColumnIs } from "./checks/kinds/column-is.ts";
export { command, type Command } from "./checks/kinds/command.ts";
export { constraintExists, type ConstraintExists } from "./checks/kinds/constraint-exists.ts";
export { enumHas, type EnumHas } from "./checks/kinds/enum-has.ts";
export { exactlyOne, type ExactlyOne } from "./checks/kinds/exactly-one.ts";
export { extensionInstalled, type ExtensionInstalled } from "./checks/kinds/extension-installed.ts";
export { foreignKeyExists, type ForeignKeyExists } from "./checks/kinds/foreign-key-exists.ts";
export { http, type Http } from "./checks/kinds/http.ts";
export { indexExists, type IndexExists } from "./checks/kinds/index-exists.ts";
export { noDuplicates, type NoDuplicates } from "./checks/kinds/no-duplicates.ts";
export { noInvalidIndexes, type NoInvalidIndexes } from "./checks/kinds/no-invalid-indexes.ts";
export { noOrphans, type NoOrphans } from "./checks/kinds/no-orphans.ts";
export { notNull, type NotNull } from "./checks/kinds/not-null.ts";
export {
  noUnvalidatedConstraints,
  type NoUnvalidatedConstraints,
} from "./checks/kinds/no-unvalidated-constraints.ts";
export { policyExists, type PolicyExists } from "./checks/kinds/policy-exists.ts";
export { preserved, type Preserved } from "./checks/kinds/preserved.ts";
export { privilegeGranted, type PrivilegeGranted } from "./checks/kinds/privilege-granted.ts";
export { queryCostBelow, type QueryCostBelow } from "./checks/kinds/query-cost-below.ts";
export { queryFasterThan, type QueryFasterThan } from "./checks/kinds/query-faster-than.ts";
export { queryUsesIndex, type QueryUsesIndex } from "./checks/kinds/query-uses-index.ts";
export { returnsNoRows, type ReturnsNoRows } from "./checks/kinds/returns-no-rows.ts";
export { returnsRows, type ReturnsRows } from "./checks/kinds/returns-rows.ts";
export { rowCount, type RowCount } from "./checks/kinds/row-count.ts";
export { rowCountChange, type RowCountChange } from "./checks/kinds/row-count-change.ts";
export { rowSecurityEnabled, type RowSecurityEnabled } from "./checks/kinds/row-security-enabled.ts";
export { scalar, type Scalar } from "./checks/kinds/scalar.ts";
export { schemaMatches, type SchemaMatches } from "./checks/kinds/schema-matches.ts";
export { sequencesAhead, type SequencesAhead } from "./checks/kinds/sequences-ahead.ts";
export { smoke, type Smoke } from "./checks/kinds/smoke.ts";
export { sumPreserved, type SumPreserved } from "./checks/kinds/sum-preserved.ts";
export { tableExists, type TableExists } from "./checks/kinds/table-exists.ts";
export { valueIn, type ValueIn } from "./checks/kinds/value-in.ts";
export { lockWaitsBelow, replicationLagBelow } from "./watch/signals.ts";
export { type SlowerStatement } from "./watch/statement-times.ts";
export { type WatchLook, type WatchRequest, type WatchResult } from "./watch/watch-checks.ts";
export { watchDatabase } from "./watch/watch-database.ts";
export { slowerReport, watchReport } from "./report/watch-report.ts";
export { checkReport, checkWarnings, verificationReport } from "./checks/check-report.ts";
export { declarationReport, pendingReport, planWarnings, rollbackReport } from "./report/plan-report.ts";
export { type SegmentedMigration } from "./preflight/segmented-migration.ts";
export { type RollbackLoss } from "./preflight/rollback-losses.ts";
export { commandViolations, leftoverReport } from "./command/command-report.ts";
export { type ProgressLine, runProgressLines } from "./report/run-progress-report.ts";
export { failureReport, successReport } from "./report/run-report.ts";
export { keptBackupsReport, wayBackReport, type WayBack } from "./backup/way-back.ts";
