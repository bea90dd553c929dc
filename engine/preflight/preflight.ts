import type { BackupOccasion } from "../backup/backup.ts";
import type { Check, CheckResult } from "../checks/check.ts";
import { type FilesFolder, isFilesFolder } from "../ledger/files-ledger.ts";
import { planFiles } from "../plan/files-plan.ts";
import { digestOf } from "../plan/digest.ts";
import type { Folder } from "../folder/folder.ts";
import { runMark } from "../plan/ledger-position.ts";
import { requireOwnFolder } from "../plan/own-folder.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlanOptions } from "../plan/plan-options.ts";
import { requireSoundPlan, type SoundScripts } from "../plan/plan-problems.ts";
import { unportableScripts } from "../plan/portability.ts";
import { foreign } from "../foreign-text.ts";
import { planRun } from "../plan/plan-run.ts";
import { type Connection } from "../postgres/session/connection.ts";
import { connectionWarnings, placeOf, resolveConnection } from "../postgres/session/resolve-connection.ts";
import { ConnectionError } from "../postgres/session/connection-error.ts";
import { type Database } from "../postgres/session/database.ts";
import { connectAsking } from "../postgres/session/connect.ts";
import { requireOwnSession } from "../postgres/activity/pooler.ts";
import { type RollbackLoss, readLosses } from "./rollback-losses.ts";
import { ledgerOf } from "../formats/formats.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { readConditions } from "../run/migration-conditions.ts";
import { lookAtChecks } from "./standing-checks.ts";
import { segmentedIn, type SegmentedMigration } from "./segmented-migration.ts";
import { settledPlan } from "./settled-plan.ts";
import {
  missingLedgerPrivilege,
  readServerFacts,
  requireReadableSchema,
  requireUsableServer,
  requireWritableLedger,
  type ServerFacts,
} from "./server.ts";

/** The target and the options of a preflight. */
export interface PreflightRequest {
  connection: Connection;
  /** The folder; mere files if only the tool that runs them knows their format. */
  folder: FilesFolder | Folder;
  /** The options of the stack's configuration about folder and ledger. Default: none. */
  planOptions?: PlanOptions | undefined;
  checks?: readonly Check[] | undefined;
  /** True if a missing database is no error, because it will be created. Default: false. */
  createDatabase?: boolean | undefined;
  /** Milliseconds to wait for another tool that is in the middle of a migration. Default: 1 minute. */
  runLockWaitMs?: number | undefined;
  /** True if the database will be copied before the run, which needs additional privileges. Default: false. */
  copiesDatabase?: boolean | undefined;
}

/** The findings of a preflight after which a run can start, or has nothing to do. */
export interface PreflightResult {
  /** The database that was inspected, as messages name it: `app at db.example:5432`. */
  place: string;
  /**
   * Findings that do not prevent a run but should be changed, such as a server whose certificate nothing verifies; one
   * line each.
   */
  warnings: string[];
  databaseExists: boolean;
  /** The server's version, such as `15.18`; undefined if the database does not exist yet. */
  serverVersion: string | undefined;
  plan: Plan;
  /** SHA-256 of the folder: its migrations, their order and their scripts. */
  digest: string;
  /** The occasion of a backup, if something is pending. */
  occasion: BackupOccasion;
  /** The data that each rollback would lose, as of now. */
  losses: RollbackLoss[];
  /** The pending migrations that cannot be one transaction. */
  segmented: SegmentedMigration[];
  /** The results of the checks as of now; empty if the database does not exist yet. */
  checks: CheckResult[];
}

/**
 * Connects once and confirms that a run can start: the server answers and accepts writes, the plan is sound, and the
 * role has the privileges that the run needs. Changes nothing. Rejects with an error that names what to fix.
 */
export async function preflight(request: PreflightRequest): Promise<PreflightResult> {
  const connected = await connectIfExists(request);
  if (connected === undefined) return preflightOfNewDatabase(request);
  const { database, found: facts } = connected;
  try {
    requireReadableSchema(facts, database.address);
    const plan = await planReadable(database, request);
    if (!isFilesFolder(request.folder)) requireOwnFolder(plan, request.folder);
    requireUsableServer(facts, { address: database.address, plan, copies: request.copiesDatabase === true });
    if (plan.steps.length > 0) {
      await requireOwnSession(database, facts);
      if (plan.ledgerExists) await requireWritableLedger(database, plan.ledger);
    }
    const { folder } = request;
    const scripts = isFilesFolder(folder) ? undefined : await requireSoundPlan(plan, folder, { database });
    if (scripts !== undefined) await readConditions(plan, scripts);
    const checks = await lookAtChecks(database, request.checks ?? [], { plan, scripts });
    const found = whereAndWhat(request, plan);
    return {
      ...found,
      digest: digestOfFolder(folder),
      warnings: [...found.warnings, ...scriptWarnings(plan, folder, scripts)],
      losses: await readLosses(database, plan),
      segmented: segmentedIn(plan, scripts),
      databaseExists: true,
      serverVersion: facts.version,
      checks,
    };
  } finally {
    await database.close();
  }
}

/** An inspection does not wait without limit for a table that another session has locked. Milliseconds. */
export const lookLockTimeoutMs = 10_000;

function whereAndWhat(
  { connection }: Pick<PreflightRequest, "connection">,
  plan: Plan,
): Pick<PreflightResult, "occasion" | "place" | "plan" | "warnings"> {
  const { database } = resolveConnection(connection);
  return {
    place: placeOf(connection),
    warnings: connectionWarnings(connection),
    plan,
    occasion: { database, ...runMark(plan) },
  };
}

/** Reads all scripts, so an error in one shows here. */
function digestOfFolder(folder: FilesFolder | Folder): string {
  return isFilesFolder(folder) ? folder.digest : digestOf(folder.migrations);
}

/** Problems of the folder's scripts that prevent none of them from being applied. */
function scriptWarnings(
  plan: Plan,
  folder: FilesFolder | Folder,
  scripts: SoundScripts | undefined,
): string[] {
  if (isFilesFolder(folder)) return [];
  return [...ignoredWarnings(folder), ...portabilityWarnings(plan, folder, scripts)];
}

/** The tool itself does not report a script that it passes over. */
function ignoredWarnings({ ignored = [] }: Folder): string[] {
  return ignored.map(
    (file) =>
      `${foreign(file)} is not applied: Prisma takes only <name>/migration.sql. Give it a folder of its own, or move it elsewhere.`,
  );
}

/** A script is warned about while it is pending, not once it is applied. */
function portabilityWarnings(plan: Plan, folder: Folder, scripts: SoundScripts | undefined): string[] {
  const { portable = "warn" } = plan.options;
  return scripts === undefined || portable !== "warn" ? [] : unportableScripts(plan, folder, scripts);
}

async function connectIfExists({
  connection,
  createDatabase,
}: PreflightRequest): Promise<{ database: Database; found: ServerFacts } | undefined> {
  try {
    const settings = { lockTimeoutMs: lookLockTimeoutMs, seesAllRows: true };
    return await connectAsking(connection, settings, readServerFacts);
  } catch (error) {
    if (createDatabase === true && error instanceof ConnectionError && error.code === "DATABASE_MISSING")
      return undefined;
    throw error;
  }
}

async function planReadable(
  database: Database,
  { folder, planOptions, runLockWaitMs: waitMs = 60_000 }: PreflightRequest,
): Promise<Plan> {
  if (isFilesFolder(folder)) return planFiles(folder, database);
  try {
    return await settledPlan({ database, folder, waitMs }, () =>
      planRun({ database, folder, options: planOptions }),
    );
  } catch (error) {
    if (!(error instanceof StatementFailure) || error.sqlstate !== sqlstate.insufficientPrivilege)
      throw error;
    throw missingLedgerPrivilege(database.address, ledgerOf(folder.format).tableOf(database.address.schema));
  }
}

/** The same for a database that does not exist yet: everything is pending, and nothing else can be known. */
async function preflightOfNewDatabase(request: PreflightRequest): Promise<PreflightResult> {
  const { plan, digest, warnings, segmented } = await planOfNewDatabase(request.folder, request.planOptions);
  const found = whereAndWhat(request, plan);
  return {
    ...found,
    digest,
    warnings: [...found.warnings, ...warnings],
    losses: [],
    segmented,
    databaseExists: false,
    serverVersion: undefined,
    checks: [],
  };
}

/** The plan for a database that does not exist yet: everything is pending. Rejects if that cannot be applied. */
export async function planOfNewDatabase(
  folder: FilesFolder | Folder,
  options?: PlanOptions,
): Promise<Pick<PreflightResult, "digest" | "plan" | "segmented" | "warnings">> {
  if (isFilesFolder(folder))
    return { plan: await planFiles(folder), digest: digestOfFolder(folder), segmented: [], warnings: [] };
  const plan = await planRun({ folder, options });
  const scripts = await requireSoundPlan(plan, folder);
  await readConditions(plan, scripts);
  return {
    plan,
    digest: digestOfFolder(folder),
    segmented: segmentedIn(plan, scripts),
    warnings: scriptWarnings(plan, folder, scripts),
  };
}
