import type { ParsedStatement } from "./parsed-statement.ts";

/** A script whose transaction control has been handed to the runner. */
export interface Uncontrolled {
  /** The script with BEGIN and COMMIT blanked out, so that every character keeps its place. */
  text: string;
  /** What opens the transaction instead: BEGIN, with the isolation level that the script asks for. */
  opening: string;
  /** The statements that are left. */
  statements: ParsedStatement[];
  /** Transaction control that the runner cannot take over. */
  misplaced: { statement: ParsedStatement; message: string }[];
}

/**
 * Takes BEGIN and COMMIT out of a script, since the runner's own transaction, which holds the checks and the
 * ledger row as well, takes their place. An isolation level asked for at the beginning is kept.
 */
export function takeOverTransaction(bytes: Buffer, statements: ParsedStatement[]): Uncontrolled {
  const leading = leadingSettings(statements);
  const removed = statements.filter((statement) => isControl(statement) || leading.includes(statement));
  const textOf = ({ start, end }: ParsedStatement): string => bytes.toString("utf8", start, end).trim();
  const [first] = leading;
  return {
    text: blankOut(bytes, removed),
    // A statement may end in a line comment, which must not swallow the separator.
    opening: [...(first && isControl(first) ? [] : ["BEGIN"]), ...leading.map(textOf)].join("\n; "),
    statements: statements.filter((statement) => !removed.includes(statement)),
    misplaced: misplacedControl(statements),
  };
}

/** BEGIN and SET TRANSACTION at the very beginning, where PostgreSQL accepts transaction modes. */
function leadingSettings(statements: ParsedStatement[]): ParsedStatement[] {
  const [first] = statements;
  const begins = first !== undefined && controlOf(first) === "begin" ? [first] : [];
  const rest = statements.slice(begins.length);
  const end = rest.findIndex((statement) => !setsTransaction(statement));
  return [...begins, ...(end < 0 ? rest : rest.slice(0, end))];
}

function misplacedControl(statements: ParsedStatement[]): Uncontrolled["misplaced"] {
  const misplaced: Uncontrolled["misplaced"] = [];
  let open: ParsedStatement | undefined;
  for (const [index, statement] of statements.entries()) {
    const control = controlOf(statement);
    if (control === undefined) continue;
    const losesModes = control === "begin" && index > 0 && statement.node["options"] !== undefined;
    if (control === "begin" && open === undefined && !losesModes) open = statement;
    else if (control === "commit" && open !== undefined) open = undefined;
    else misplaced.push({ statement, message: losesModes ? messages.other : messages[control] });
  }
  return open === undefined ? misplaced : [...misplaced, { statement: open, message: messages.unended }];
}

const messages = {
  begin: "BEGIN stands inside a transaction that is already open: remove it.",
  commit: "COMMIT has no BEGIN: remove it; a migration is one transaction anyway.",
  unended: "BEGIN has no COMMIT: add it, or remove BEGIN; a migration is one transaction anyway.",
  other:
    "A migration is one transaction, which this statement would end, split or alter: " +
    "only plain BEGIN and COMMIT are accepted. Remove it, or split the migration.",
};

function isControl({ type }: ParsedStatement): boolean {
  return type === "TransactionStmt";
}

function controlOf({ type, node }: ParsedStatement): "begin" | "commit" | "other" | undefined {
  if (type !== "TransactionStmt") return undefined;
  if (node["kind"] === "TRANS_STMT_BEGIN" || node["kind"] === "TRANS_STMT_START") return "begin";
  return node["kind"] === "TRANS_STMT_COMMIT" && node["chain"] !== true ? "commit" : "other";
}

function setsTransaction({ type, node }: ParsedStatement): boolean {
  return type === "VariableSetStmt" && node["name"] === "TRANSACTION";
}

/** Puts a blank in the place of every character but line ends: the server counts characters, not bytes. */
function blankOut(bytes: Buffer, removed: readonly ParsedStatement[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of removed) {
    pieces.push(bytes.toString("utf8", from, start));
    pieces.push(bytes.toString("utf8", start, end).replace(/[^\r\n]/gu, " "));
    from = end;
  }
  return pieces.join("") + bytes.toString("utf8", from);
}
