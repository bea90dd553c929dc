import { PgMigrationsError } from "../error.ts";

/** A restored database cannot be compared with the original or replace it; nothing was changed. */
export class RestoreError extends PgMigrationsError {}
