import { PgMigrationsError } from "../error.ts";

/** A restored database cannot be looked at, or put in the place of the original; nothing was changed. */
export class RestoreError extends PgMigrationsError {}
