import { PgMigrationsError } from "../../error.ts";

/** A check is written in a way that cannot be understood; found before the database is touched. */
export class CheckDefinitionError extends PgMigrationsError {
  constructor(check: string, message: string) {
    super("CHECK_UNREADABLE", `Check ${JSON.stringify(check)}: ${message}`);
  }
}
