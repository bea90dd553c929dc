import type { ParsedStatement, ScriptProblem } from "./parsed-statement.ts";
import { changesSession } from "./statement-class.ts";

/** Tracks the settings that a script's statements make, for the rest of the script or of their transaction. */
export class LastingSettings {
  /** The indexes of the statements whose settings affect later statements. */
  readonly indexes = new Set<number>();
  readonly #savepoints = new Map<string, number[]>();
  /** The problem to report if a statement follows the end of the transaction that contains a SET LOCAL. */
  #local: ScriptProblem | undefined;
  #ended: ScriptProblem | undefined;

  /** Takes the next statement. Returns a problem if a SET LOCAL before it would last too long. */
  take(
    index: number,
    statement: ParsedStatement,
    problem: (message: string) => ScriptProblem,
  ): ScriptProblem | undefined {
    if (changesSession(statement)) this.indexes.add(index);
    this.#takeSavepoint(statement);
    if (isLocal(statement)) this.#local ??= problem(outlivesCommit);
    const outlived = this.#ended;
    this.#ended = undefined;
    return outlived;
  }

  /** The script ends a transaction here; its COMMIT is left out. */
  commit(): void {
    this.#ended ??= this.#local;
    this.#local = undefined;
  }

  /** Rolling back to a savepoint undoes the settings made since. */
  #takeSavepoint({ type, node }: ParsedStatement): void {
    if (type !== "TransactionStmt") return;
    const name = String(node["savepoint_name"]);
    if (node["kind"] === "TRANS_STMT_SAVEPOINT") this.#savepoints.set(name, [...this.indexes]);
    const kept = this.#savepoints.get(name);
    if (node["kind"] !== "TRANS_STMT_ROLLBACK_TO" || kept === undefined) return;
    for (const index of [...this.indexes]) if (!kept.includes(index)) this.indexes.delete(index);
  }
}

function isLocal({ type, node }: ParsedStatement): boolean {
  return type === "ConstraintsSetStmt" || (type === "VariableSetStmt" && node["is_local"] === true);
}

const outlivesCommit =
  "This setting lasts until its COMMIT in the script, but would last longer here, because the whole migration is one transaction. Write SET, " +
  "and RESET before the statements after the COMMIT; or move these into a separate migration.";
