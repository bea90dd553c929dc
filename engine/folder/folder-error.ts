import { PgMigrationsError } from "../error.ts";
import { foreign } from "../foreign-text.ts";

/** The folder of migrations is missing, empty or unusable; the message names the file and the remedy. */
export class FolderError extends PgMigrationsError {}

/** The error for a script that cannot be read, or has disappeared. */
export function unreadableScript(file: string, cause: unknown): FolderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FolderError(
    "SCRIPT_UNREADABLE",
    `The script ${foreign(file)} cannot be read: ${foreign(reason)}.`,
    { cause },
  );
}
