import type { CheckResult } from "../checks/check.ts";
import { type CheckRequest, evaluateChecks, resultOf } from "../checks/evaluate-checks.ts";
import { CheckEvaluationError } from "../checks/kind/check-evaluation-error.ts";
import { inFrame } from "../checks/check-frame.ts";
import type { ReadFolderSchemas } from "../checks/kind/folder-schemas.ts";
import { type Folder } from "../folder/folder.ts";
import { readFolder } from "../formats/read-folder.ts";
import { FolderError } from "../folder/folder-error.ts";
import { makeInShadow } from "./make-in-shadow.ts";
import { readLive } from "./read-live.ts";
import { withoutLedgers } from "./without-ledgers.ts";

/**
 * Compares a database with the schema that a folder's applied migrations make in an empty database of a private server.
 */
const readFolderSchemas: ReadFolderSchemas = async (database, request) => {
  const { dir, format, schemas = [database.address.schema], timeoutMs, insideTransaction } = request;
  const folder = await folderAt(dir, format);
  const live = await inFrame(database, { insideTransaction }, () => readLive(database, folder, schemas));
  const made = await makeInShadow({ address: database.address, schemas, timeoutMs }, live);
  const known = new Set([...live.objects, ...made.made].map(({ kind, name }) => `${kind} ${name}`));
  const unknown = schemas.filter((schema) => !known.has(`schema ${schema}`));
  if (unknown.length > 0)
    throw new CheckEvaluationError(
      `The schema ${unknown.join(", ")} exists neither here nor in what ${dir} makes. Correct the check's \`schemas\`.`,
    );
  return { here: withoutLedgers(made.here, schemas), folder: withoutLedgers(made.made, schemas) };
};

async function folderAt(dir: string, format: string | undefined): Promise<Folder> {
  return readFolder({ dir, format }).catch((cause: unknown) => {
    throw cause instanceof FolderError ? new CheckEvaluationError(cause.message, { cause }) : cause;
  });
}

/**
 * Evaluates all checks, including those that compare with a folder of migrations, and reports all of them, not only the
 * first that is violated. Their writes are undone, and the session stays unchanged.
 */
export async function runChecks(request: Omit<CheckRequest, "readFolderSchemas">): Promise<CheckResult[]> {
  return (await evaluateChecks({ ...request, readFolderSchemas })).map(resultOf);
}
