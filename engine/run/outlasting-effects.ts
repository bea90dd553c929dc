import { type Script } from "../postgres/script/script.ts";
import { piecesOfScript } from "../postgres/script/read-script.ts";
import { positionInPiece, type ScriptPiece } from "../postgres/script/script-piece.ts";
import type { FailedMigration } from "./run-result.ts";

/** An effect that a rollback does not revert. */
interface Outlasting {
  pattern: RegExp;
  /** The trace that it may have left. */
  trace: string;
}

const call = (names: string): RegExp => new RegExp(String.raw`\b(?:${names})\s*\(`, "i");

const kinds: readonly Outlasting[] = [
  {
    pattern: call("pg_(?:create|copy)_(?:logical|physical)_replication_slot"),
    trace: "a replication slot (see pg_replication_slots; pg_drop_replication_slot removes it)",
  },
  {
    pattern: call(
      "pg_drop_replication_slot|pg_replication_slot_advance|pg_logical_slot_get_(?:binary_)?changes",
    ),
    trace: "a replication slot that was dropped or advanced",
  },
  { pattern: call("pg_replication_origin_(?:create|drop|advance)"), trace: "a replication origin" },
  { pattern: call("setval"), trace: "the value of a sequence (setval)" },
  { pattern: call(String.raw`dblink(?:_\w+)?`), trace: "changes over dblink" },
  { pattern: call("lo_export|pg_file_(?:write|rename|unlink|sync)"), trace: "a file on the server" },
  {
    pattern: /^\s*copy\b[^]*\bto\s+(?:program\s+)?(?:e?'|\$)/i,
    trace: "a file, or the work of a program, on the server (COPY TO)",
  },
  {
    pattern: /^\s*copy\b[^]*\bfrom\s+program\b/i,
    trace: "the work of a program on the server (COPY FROM PROGRAM)",
  },
  {
    pattern: call("pg_(?:try_)?advisory_lock(?:_shared)?"),
    trace: "an advisory lock of the session, which ends with the run's session",
  },
  { pattern: call("pg_advisory_unlock(?:_shared)?"), trace: "an advisory lock that was released" },
  {
    pattern: call("pg_switch_wal|pg_create_restore_point|pg_logical_emit_message"),
    trace: "a record in the server's log (WAL)",
  },
  {
    pattern: call("pg_(?:backup_start|backup_stop|start_backup|stop_backup)"),
    trace: "a backup that was started or ended",
  },
  { pattern: call("pg_(?:terminate|cancel)_backend"), trace: "the end of another session's work" },
  {
    pattern: call(String.raw`pg_stat_reset\w*|pg_reload_conf|pg_rotate_logfile|pg_promote`),
    trace: "a change of the server's state",
  },
];

/** Defines a body that runs another time. */
const definition = /^\s*create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i;
const comments = /--[^\n]*|\/\*[^]*?\*\//g;

/**
 * Names the effects that a failed script may have left although it was rolled back: sentences with the line of each.
 * Compares only words, up to the statement that failed; does not look into the user's functions.
 */
export async function outlastingEffects(
  script: Script,
  { error }: Pick<FailedMigration, "error">,
): Promise<string[]> {
  const last = error?.position ?? { line: Infinity, column: Infinity };
  const first = script.segments.findLast(({ line }) => line <= last.line)?.from ?? 0;
  const found = new Map<string, number>();
  let index = 0;
  for await (const piece of piecesOfScript(script)) {
    if (piece.kind === "data") continue;
    if (piece.line > last.line) break;
    const isRest = piece.kind === "rest";
    for (const { start, end } of isRest ? [{ start: 0, end: piece.text.length }] : piece.statements) {
      if ((isRest ? index - 1 : index++) < first) continue;
      for (const trace of tracesOf(piece.text.slice(start, end))) {
        if (found.has(trace)) continue;
        const { line, column } = positionInPiece(piece, start);
        if (line < last.line || (line === last.line && column <= last.column)) found.set(trace, line);
      }
    }
  }
  return [...found].map(([trace, line]) => `line ${line}: ${trace}`);
}

/** True if a script creates a slot for logical decoding, which the server refuses once the transaction has written. */
export async function createsLogicalSlot(script: Script): Promise<boolean> {
  for await (const piece of piecesOfScript(script)) if (logicalSlot.test(textOf(piece))) return true;
  return false;
}

const logicalSlot = call("pg_(?:create|copy)_logical_replication_slot");

function textOf({ kind, text }: ScriptPiece): string {
  return kind === "data" ? "" : text;
}

function tracesOf(statement: string): string[] {
  if (definition.test(statement)) return [];
  const text = statement.replace(comments, " ");
  return kinds.filter(({ pattern }) => pattern.test(text)).map(({ trace }) => trace);
}
