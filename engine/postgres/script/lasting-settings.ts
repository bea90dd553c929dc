import type { ParsedStatement, ScriptProblem } from "./parsed-statement.ts";
import { changesSession } from "./statement-class.ts";

/** Follows what the statements of a script set: for the rest of it, or for the transaction that they stand in. */
export class LastingSettings {
  /** The indexes of the statements whose settings hold for what comes after them. */
  readonly indexes = new Set<number>();
  readonly #savepoints = new Map<string, number[]>();
  /** What would be said if something came after the end of the transaction that a SET LOCAL stands in. */
  #local: ScriptProblem | undefined;
  #ended: ScriptProblem | undefined;

  /** Takes the next statement that is run; says where a SET LOCAL before it would last too long. */
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

  /** The script ends a transaction here, whose COMMIT is left out. */
  commit(): void {
    this.#ended ??= this.#local;
    this.#local = undefined;
  }

  /** What was set since a savepoint is not set any more once it is rolled back to. */
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
  "This holds up to the COMMIT after it, and would hold beyond, as the whole migration is one transaction: write SET, " +
  "and RESET before what comes after; or put what comes after into a migration of its own.";
