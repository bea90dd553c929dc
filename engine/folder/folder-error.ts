import { PgMigrationsError } from "../error.ts";

/** The folder of migrations is missing, empty or cannot be used; the message says which file and what to do. */
export class FolderError extends PgMigrationsError {}
