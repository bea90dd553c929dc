import { parseStatements } from "./parsed-statement.ts";
import { namesInTrees } from "./query-names.ts";

/** A text as one query, or why it is not one. */
export type QueryReading = { query: string; problem?: undefined } | { query?: undefined; problem: string };

/**
 * Reads a text that must be a single SELECT. Returns it without a closing semicolon and what follows, so that it can
 * become part of a larger query.
 */
export async function readQuery(text: string): Promise<QueryReading> {
  const { statements, problem } = await parseStatements(text);
  if (problem !== undefined)
    return { problem: `its SQL cannot be read: ${problem.message}\n${problem.excerpt}` };
  const [statement, ...others] = statements;
  if (statement?.type !== "SelectStmt" || statement.node["intoClause"] !== undefined || others.length > 0)
    return { problem: "its SQL must be a single SELECT (or WITH ... SELECT)." };
  const outlasting = namesInTrees([statement.node]).functions.find((name) => lasting.test(name));
  if (outlasting !== undefined)
    return { problem: `its SQL calls ${outlasting}(), whose effect would outlast it.` };
  return { query: statement.text };
}

/** Functions whose effects survive a read-only transaction and its end: on sessions, on locks, elsewhere. */
const lasting = new RegExp(
  `^(?:${[
    "pg_(?:try_)?advisory_\\w+",
    "pg_(?:terminate|cancel)_backend",
    "pg_(?:create|copy|drop|advance)_\\w*slot",
    "pg_replication_(?:slot_advance|origin_\\w+)",
    "pg_logical_(?:emit_message|slot_get_\\w*changes)",
    "pg_(?:switch_wal|create_restore_point|promote|wal_replay_(?:pause|resume))",
    "pg_(?:backup_)?(?:start|stop)(?:_backup)?",
    "pg_(?:reload_conf|rotate_logfile|log_backend_memory_contexts|stat_reset\\w*|stat_statements_reset)",
    "pg_file_\\w+|lo_(?:im|ex)port|dblink\\w*",
  ].join("|")})$`,
  "i",
);

/** A call of such a function in SQL of any kind. */
export function outlastingCallIn(text: string): string | undefined {
  return [...text.matchAll(/(\w+)"?\s*(?:\/\*.*?\*\/\s*)?\(/gs)]
    .map(([, name]) => name)
    .find((name) => lasting.test(name ?? ""));
}
