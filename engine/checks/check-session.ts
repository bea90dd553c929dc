import type { CheckRow } from "./check.ts";
import type { FolderSchemas, FolderSchemasRequest } from "./folder-schemas.ts";

/** What a kind that is not one query has at hand. */
export interface CheckSession {
  /** Runs one statement and gives its rows. It can write only where the kind's subject says so. */
  rows<Row extends object>(sql: string): Promise<Row[]>;
  /** Runs a script. It can write only where the kind's subject says so; what it wrote is undone when the kind is done. */
  run(script: string): Promise<void>;
  /** What the check observed before the run; undefined where it was not, or could not be, evaluated then. */
  before: CheckRow | undefined;
  /** How long the check may take, milliseconds. */
  timeoutMs: number;
  /** Reads what there is and what a folder of migrations makes; undefined where nobody can. */
  readFolderSchemas: ((request: FolderSchemasRequest) => Promise<FolderSchemas>) | undefined;
  /** Masks the secrets of the connection in a text. */
  redact(text: string): string;
}

/** What such a kind has found. */
export interface CheckFinding {
  /** One row for each violation; none where the check holds. */
  violations: CheckRow[];
  /** What later evaluations are compared with. Default: nothing. */
  observed?: CheckRow | undefined;
}
