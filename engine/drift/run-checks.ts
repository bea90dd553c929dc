import type { CheckResult } from "../checks/check.ts";
import { type CheckRequest, evaluateChecks, resultOf } from "../checks/evaluate-checks.ts";
import { readFolderSchemas } from "./read-folder-schemas.ts";

/**
 * Evaluates all checks, those that compare with a folder of migrations included, and reports every one, not just the first
 * that is violated. They cannot write but what is undone, and leave the session as it was.
 */
export async function runChecks(request: Omit<CheckRequest, "readFolderSchemas">): Promise<CheckResult[]> {
  return (await evaluateChecks({ ...request, readFolderSchemas })).map(resultOf);
}
