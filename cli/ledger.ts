import {
  looksOnly,
  connect,
  type FolderFormat,
  folderFormats,
  planRun,
  readFolder,
  restoredLedgerReport,
} from "../engine/index.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { restoredConnection, text } from "./restored-database.ts";
import { UsageError } from "./usage-error.ts";
import { print } from "./print.ts";

/** Prints the applied migrations of the restored ledger, and those that are pending again. */
export async function ledger(given: CommandArguments): Promise<number> {
  const dir = text(given.options["migrations"]);
  if (dir === undefined) throw new UsageError("Name the folder of migrations: --migrations <folder>.");
  const folder = await readFolder({ dir, format: formatOf(given) });
  const database = await connect(restoredConnection(given), looksOnly);
  try {
    print(restoredLedgerReport(await planRun({ database, folder })));
    return 0;
  } finally {
    await database.close();
  }
}

function formatOf({ options }: CommandArguments): FolderFormat | undefined {
  const named = text(options["format"]);
  const format = folderFormats.find((one) => one === named);
  if (named === undefined || format !== undefined) return format;
  throw new UsageError(`The format ${named} does not exist; the formats are ${folderFormats.join(", ")}.`);
}
