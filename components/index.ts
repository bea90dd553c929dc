export { type ConnectionArgs } from "./connection.ts";
export { DatabaseCopy, type DatabaseCopyArgs, type DatabaseCopyOptions } from "./database-copy.ts";
export { type BackupArgs, DatabaseMigration, type DatabaseMigrationArgs } from "./database-migration.ts";
export { MigrationRun, type MigrationRunArgs, type MigrationRunOptions } from "./migration-run.ts";
export { Preflight, type PreflightArgs } from "./preflight.ts";
export { Verification, type VerificationArgs } from "./verification.ts";
export {
  type AppliedMigration,
  type Backup,
  type Check,
  type CheckResult,
  type Columns,
  type Connection,
  type Plan,
  type TlsMode,
  connectionFromUrl,
  exactlyOne,
  foreignKeyExists,
  indexExists,
  noDuplicates,
  noOrphans,
  returnsNoRows,
  tableExists,
} from "../engine/index.ts";
