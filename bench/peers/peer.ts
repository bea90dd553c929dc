import type { TestDatabase } from "../../test/database.ts";
import type { MigrationScript } from "../migration-script.ts";

/** A tool, as its users run it: a process of its own. */
export interface Peer {
  name: string;
  /** Writes the migrations in the tool's own format into an empty folder. */
  write(scripts: readonly MigrationScript[], dir: string): Promise<void>;
  /** Applies what is pending. */
  apply(database: TestDatabase, dir: string): Promise<void>;
}
