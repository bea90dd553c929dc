import type { ParsedStatement, ScriptProblem } from "./parsed-statement.ts";

/**
 * Removes BEGIN and COMMIT from a script, because the runner's own transaction, which includes the checks and the
 * ledger row, replaces them. An isolation level at the beginning is kept.
 */
export class TransactionControl {
  /** The indexes of the statements that are left out. */
  readonly leftOut = new Set<number>();
  readonly #opening: string[] = [];
  /** The problem to report if the open BEGIN is never ended. */
  #open: ScriptProblem | undefined;

  /** The statements that open the transaction: BEGIN, with the modes that the script sets. */
  get opening(): readonly string[] {
    return this.#opening[0]?.match(/^(?:begin|start)\b/i) ? this.#opening : ["BEGIN", ...this.#opening];
  }

  /** True if a BEGIN has not been ended yet. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Takes the next statement. Returns a problem if it is transaction control that the runner cannot replace. */
  take(
    index: number,
    statement: ParsedStatement,
    problem: (message: string) => ScriptProblem,
  ): ScriptProblem | undefined {
    const control = controlOf(statement);
    if (this.#leads(index, statement, control)) {
      this.#opening.push(statement.text.trim());
      this.leftOut.add(index);
      if (control === "begin") this.#open = problem(messages.unended);
      return undefined;
    }
    if (control === undefined || control === "savepoint") return undefined;
    this.leftOut.add(index);
    return this.#takeControl(statement, control, problem);
  }

  /** Returns the problem at the end of the script. */
  finish(): ScriptProblem | undefined {
    return this.#open;
  }

  /** BEGIN and SET TRANSACTION at the very beginning, where PostgreSQL accepts transaction modes. */
  #leads(index: number, { type, node }: ParsedStatement, control: Control): boolean {
    if (index !== this.#opening.length) return false;
    return (
      (index === 0 && control === "begin") || (type === "VariableSetStmt" && node["name"] === "TRANSACTION")
    );
  }

  #takeControl(
    { node }: ParsedStatement,
    control: "begin" | "commit" | "other",
    problem: (message: string) => ScriptProblem,
  ): ScriptProblem | undefined {
    const losesModes = control === "begin" && node["options"] !== undefined;
    if (control === "begin" && this.#open === undefined && !losesModes) {
      this.#open = problem(messages.unended);
      return undefined;
    }
    if (control === "commit" && this.#open !== undefined) {
      this.#open = undefined;
      return undefined;
    }
    return problem(losesModes ? messages.other : messages[control]);
  }
}

type Control = "begin" | "commit" | "savepoint" | "other" | undefined;

const messages = {
  begin: "BEGIN is inside a transaction that is already open. Remove it.",
  commit: "COMMIT has no BEGIN. Remove it; a migration is one transaction anyway.",
  unended: "BEGIN has no COMMIT. Add it, or remove BEGIN; a migration is one transaction anyway.",
  other:
    "A migration is one transaction, which this statement would end, split or alter. " +
    "Only plain BEGIN and COMMIT are accepted. Remove it, or split the migration.",
};

const savepoints = ["TRANS_STMT_SAVEPOINT", "TRANS_STMT_RELEASE", "TRANS_STMT_ROLLBACK_TO"];

function controlOf({ type, node }: ParsedStatement): Control {
  if (type !== "TransactionStmt") return undefined;
  const kind = String(node["kind"]);
  if (kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") return "begin";
  if (savepoints.includes(kind)) return "savepoint";
  return kind === "TRANS_STMT_COMMIT" && node["chain"] !== true ? "commit" : "other";
}
