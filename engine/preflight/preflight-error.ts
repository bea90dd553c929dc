import { PgMigrationsError } from "../error.ts";

/** The server or the role cannot carry out a run; nothing was changed. */
export class PreflightError extends PgMigrationsError {}
