import { type Connection, databaseOf, nameWithSuffix } from "../engine/index.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** The database that is in use: the connection is read from the environment, never from the command line. */
export function currentConnection({ options }: CommandArguments): Connection {
  return { urlVariable: text(options["url-variable"]) ?? "DATABASE_URL" };
}

/** The restored database: on the same server under another name, or on a server of its own. */
export function restoredConnection(given: CommandArguments): Connection {
  const elsewhere = text(given.options["with-url-variable"]);
  if (elsewhere !== undefined) return { urlVariable: elsewhere };
  return { ...currentConnection(given), database: restoredName(given) };
}

/** Its name, where it stands beside the original. */
export function restoredName(given: CommandArguments): string {
  return text(given.options["with"]) ?? nameWithSuffix(databaseOf(currentConnection(given)), "_restored");
}

/** The value of an option that takes one. */
export function text(value: boolean | string | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
