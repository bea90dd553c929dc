import type { Database } from "../../postgres/session/database.ts";
import type { SchemaObject } from "../../postgres/catalog/schema-objects.ts";

/** The folder to compare a database with, and the part to compare. */
export interface FolderSchemasRequest {
  /** The folder of migrations. */
  dir: string;
  /** Its format. Default: detected. */
  format: string | undefined;
  /** Names of the schemas. Default: the connection's schema. */
  schemas: readonly string[] | undefined;
  /** Time limit, milliseconds. */
  timeoutMs: number;
}

/** The actual and the expected objects, without the tables that record migrations. */
export interface FolderSchemas {
  /** The objects of the database. */
  here: SchemaObject[];
  /** The objects that the folder's applied migrations make in an empty database. */
  folder: SchemaObject[];
}

/**
 * Reads both. Rejects with a `CheckEvaluationError` if they cannot be compared. Passed in, because checks do not know
 * folders.
 */
export type ReadFolderSchemas = (
  database: Database,
  request: FolderSchemasRequest & { insideTransaction: boolean },
) => Promise<FolderSchemas>;
