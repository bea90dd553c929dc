import { compareDatabases, comparisonReport, databaseOf } from "../engine/index.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { currentConnection, restoredConnection } from "./restored-database.ts";
import { print } from "./print.ts";

/** Compares the restored database with the one in use, and prints the differences. */
export async function compare(given: CommandArguments): Promise<number> {
  const [current, restored] = [currentConnection(given), restoredConnection(given)];
  const comparison = await compareDatabases({ current, restored });
  const names = { current: databaseOf(current), restored: databaseOf(restored) };
  // On two servers they can have the same name.
  if (names.current === names.restored) names.restored = `restored ${names.restored}`;
  print(comparisonReport(comparison, names));
  return comparison.objects.length + comparison.tables.length === 0 ? 0 : 1;
}
