import { swapDatabases } from "../engine/index.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { currentConnection, restoredName } from "./restored-database.ts";
import { print } from "./print.ts";

/** Replaces the database in use with the restored one. */
export async function swap(given: CommandArguments): Promise<number> {
  const restored = restoredName(given);
  const { database, kept } = await swapDatabases({
    connection: currentConnection(given),
    restored,
    terminateSessions: given.options["terminate-sessions"] === true,
  });
  print(
    `${restored} is now ${database}; the database that was in use is kept as ${kept}.\n` +
      `Run pulumi up to continue: migrations that the restored ledger lacks are pending again. Nothing needs to be resolved.`,
  );
  return 0;
}
