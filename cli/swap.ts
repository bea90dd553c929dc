import { swapDatabases } from "../engine/index.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { currentConnection, restoredName } from "./restored-database.ts";
import { print } from "./print.ts";

/** Puts the restored database in the place of the one that is in use. */
export async function swap(given: CommandArguments): Promise<number> {
  const restored = restoredName(given);
  const { database, kept } = await swapDatabases({
    connection: currentConnection(given),
    restored,
    terminateSessions: given.options["terminate-sessions"] === true,
  });
  print(
    `${restored} is ${database} now; what was in use is kept as ${kept}.\n` +
      `Run pulumi up to go on: what the restored ledger lacks is pending again. Nothing needs to be resolved.`,
  );
  return 0;
}
