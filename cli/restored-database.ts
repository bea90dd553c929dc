import { type Connection, databaseOf, nameWithSuffix } from "../engine/index.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** The database in use. The connection is read from the environment, never from the command line. */
export function currentConnection({ options }: CommandArguments): Connection {
  return { urlVariable: text(options["url-variable"]) ?? "DATABASE_URL" };
}

/** The restored database: under another name on the same server, or on another server. */
export function restoredConnection(given: CommandArguments): Connection {
  const elsewhere = text(given.options["with-url-variable"]);
  if (elsewhere !== undefined) return { urlVariable: elsewhere };
  return { ...currentConnection(given), database: restoredName(given) };
}

/** Its name, if it is on the original's server. */
export function restoredName(given: CommandArguments): string {
  return text(given.options["with"]) ?? nameWithSuffix(databaseOf(currentConnection(given)), "_restored");
}

/** The value of an option that takes one. */
export function text(value: boolean | string | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
