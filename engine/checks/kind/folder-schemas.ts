import type { Database } from "../../postgres/session/database.ts";
import type { SchemaObject } from "../../postgres/catalog/schema-objects.ts";

/** Which folder a database is compared with, and what of it. */
export interface FolderSchemasRequest {
  /** The folder of migrations. */
  dir: string;
  /** Its format. Default: found out from the folder. */
  format: string | undefined;
  /** Names of the schemas. Default: the connection's. */
  schemas: readonly string[] | undefined;
  /** How long it may take, milliseconds. */
  timeoutMs: number;
}

/** What there is, and what there should be; without the tables in which migrations are recorded. */
export interface FolderSchemas {
  /** What the database holds. */
  here: SchemaObject[];
  /** What the migrations of the folder that are applied make of an empty database. */
  folder: SchemaObject[];
}

/**
 * Reads both. Rejects with a `CheckEvaluationError` where they cannot be compared. It is handed in, since checks know
 * nothing of folders.
 */
export type ReadFolderSchemas = (
  database: Database,
  request: FolderSchemasRequest & { insideTransaction: boolean },
) => Promise<FolderSchemas>;
