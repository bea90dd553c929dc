import { PgMigrationsError } from "../error.ts";

/** A shadow is not available; the message says what to install or to configure. */
export class ShadowError extends PgMigrationsError {}
