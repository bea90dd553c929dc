import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";
import { nameWithSuffix } from "./database-name.ts";
import type { ServerWords } from "./server-words.ts";
import { quoteForShell } from "./shell-word.ts";

export interface RestoreFromCopy {
  /** The words by which psql reaches the server. */
  server: ServerWords;
  maintenanceDatabase: string;
  source: string;
  copy: string;
}

/**
 * The command that replaces the original with a copy. The damaged database keeps its data under another name, and the
 * copy takes its name. psql asks for the password or reads it from PGPASSWORD.
 */
export function restoreCommand(restore: RestoreFromCopy): string {
  const { server, maintenanceDatabase, source, copy } = restore;
  const damaged = nameWithSuffix(
    source,
    copy.slice(copy.lastIndexOf("_copy_")).replace("_copy_", "_damaged_"),
  );
  const statements = [
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (${quoteLiteral(source)}, ${quoteLiteral(copy)})`,
    `ALTER DATABASE ${quoteIdentifier(source)} RENAME TO ${quoteIdentifier(damaged)}`,
    `ALTER DATABASE ${quoteIdentifier(copy)} RENAME TO ${quoteIdentifier(source)}`,
  ];
  return [
    // Without -X, the user's psql settings could change the command. Either both databases are renamed or neither.
    `${server.variables}psql -X -1`,
    ...server.options,
    ...["-d", quoteForShell(maintenanceDatabase), "-v", "ON_ERROR_STOP=1"],
    ...statements.flatMap((statement) => ["-c", quoteForShell(statement)]),
  ].join(" ");
}
