import { PgMigrationsError } from "../error.ts";

/** The server or the role is not fit for a run; nothing was changed. */
export class PreflightError extends PgMigrationsError {}
