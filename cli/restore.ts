import { existsSync } from "node:fs";
import { restoreArchive, restoreCopy } from "../engine/index.ts";
import { UsageError } from "./usage-error.ts";
import { compare } from "./compare.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { currentConnection, text } from "./restored-database.ts";
import { print } from "./print.ts";

/** Restores a copy or an archive into a new database, and compares it with the one in use. */
export async function restore(given: CommandArguments): Promise<number> {
  const [backup] = given.operands;
  if (backup === undefined)
    throw new UsageError("Name the backup: its `id` in the stack's outputs. See --help.");
  const connection = currentConnection(given);
  const onProgress = (message: string): void => print(message);
  const programs = text(given.options["programs"]);
  // A copy is given by its bare name. An archive is an existing file or an address.
  const isArchive = backup.includes("/") || existsSync(backup);
  const restored = isArchive
    ? await restoreArchive({ connection, archive: backup, programs, onProgress })
    : await restoreCopy({
        connection,
        copy: backup,
        terminateSessions: given.options["terminate-sessions"] === true,
      });
  print(`Restored into ${restored}.`);
  return compare({ ...given, options: { ...given.options, with: restored } });
}
