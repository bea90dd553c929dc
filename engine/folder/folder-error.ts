import { PgMigrationsError } from "../error.ts";
import { foreign } from "../foreign-text.ts";

/** The folder of migrations is missing, empty or cannot be used; the message says which file and what to do. */
export class FolderError extends PgMigrationsError {}

/** A script that is there and cannot be read, or was there and has gone. */
export function unreadableScript(file: string, cause: unknown): FolderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FolderError(
    "SCRIPT_UNREADABLE",
    `The script ${foreign(file)} cannot be read: ${foreign(reason)}.`,
    { cause },
  );
}
