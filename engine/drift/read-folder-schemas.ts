import { CheckEvaluationError } from "../checks/check-evaluation-error.ts";
import { inFrame } from "../checks/check-frame.ts";
import type { ReadFolderSchemas } from "../checks/folder-schemas.ts";
import { type Folder, type FolderFormat, folderFormats, readFolder } from "../folder/folder.ts";
import { FolderError } from "../folder/folder-error.ts";
import { makeInShadow } from "./make-in-shadow.ts";
import { readLive } from "./read-live.ts";
import { withoutLedgers } from "./without-ledgers.ts";

/** Compares a database with what the applied ones of a folder's migrations make of an empty one, on a private server. */
export const readFolderSchemas: ReadFolderSchemas = async (database, request) => {
  const { dir, format, schemas = [database.address.schema], timeoutMs, insideTransaction } = request;
  const folder = await folderAt(dir, format);
  const live = await inFrame(database, { insideTransaction }, () => readLive(database, folder, schemas));
  const made = await makeInShadow({ address: database.address, schemas, timeoutMs }, live);
  const known = new Set([...live.objects, ...made.made].map(({ kind, name }) => `${kind} ${name}`));
  const unknown = schemas.filter((schema) => !known.has(`schema ${schema}`));
  if (unknown.length > 0)
    throw new CheckEvaluationError(
      `There is no schema ${unknown.join(", ")}, neither here nor in what ${dir} makes: correct the check's \`schemas\`.`,
    );
  return { here: withoutLedgers(made.here, schemas), folder: withoutLedgers(made.made, schemas) };
};

async function folderAt(dir: string, format: string | undefined): Promise<Folder> {
  const known = folderFormats.find((one) => one === format);
  if (format !== undefined && known === undefined)
    throw new CheckEvaluationError(`There is no format ${format}; there are ${folderFormats.join(", ")}.`);
  return readFolder({ dir, format: known satisfies FolderFormat | undefined }).catch((cause: unknown) => {
    throw cause instanceof FolderError ? new CheckEvaluationError(cause.message, { cause }) : cause;
  });
}
