import { PgMigrationsError } from "../../error.ts";

/** The definition of a check is invalid; thrown before the database is used. */
export class CheckDefinitionError extends PgMigrationsError {
  constructor(check: string, message: string) {
    super("CHECK_UNREADABLE", `Check ${JSON.stringify(check)}: ${message}`);
  }
}
