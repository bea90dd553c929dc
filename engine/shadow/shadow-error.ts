import { PgMigrationsError } from "../error.ts";

/** A shadow cannot be had; the message says what to install or to configure. */
export class ShadowError extends PgMigrationsError {}
