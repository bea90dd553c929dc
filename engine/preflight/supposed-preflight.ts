import { type FilesFolder, isFilesFolder } from "../ledger/files-ledger.ts";
import type { Check } from "../checks/check.ts";
import { timesOf } from "../checks/check-times.ts";
import type { Folder } from "../folder/folder.ts";
import { runMark } from "../plan/ledger-position.ts";
import type { PlanOptions } from "../plan/plan-options.ts";
import { planOfNewDatabase, type PreflightResult } from "./preflight.ts";

/**
 * The findings of a preflight in an empty database in which every check holds. Connects to nothing: for tests of
 * programs. A missing folder has no migrations.
 */
export async function supposedPreflight(
  folder: FilesFolder | Folder | undefined,
  { planOptions, checks }: { planOptions: PlanOptions; checks: readonly Check[] },
): Promise<PreflightResult> {
  const { plan, digest, warnings, segmented } = await planOfNewDatabase(
    folder ?? { dir: "", format: "numbered", migrations: [], incomplete: [] },
    folder === undefined || isFilesFolder(folder) ? {} : planOptions,
  );
  return {
    place: "a database that nobody connects to",
    warnings,
    databaseExists: true,
    serverVersion: "18.0",
    plan,
    digest,
    occasion: { database: "mocked", ...runMark(plan) },
    losses: [],
    segmented,
    checks: checks.map((check) => ({
      ...{ check: check.name, kind: check.kind, severity: check.severity ?? "fail", when: timesOf(check) },
      ...{ outcome: "holds", violations: 0, rows: [], owner: check.owner, error: undefined },
    })),
  };
}
