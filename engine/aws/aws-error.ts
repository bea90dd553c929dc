import { PgMigrationsError } from "../error.ts";

/** AWS refused a call or could not be reached. */
export class AwsError extends PgMigrationsError {}
