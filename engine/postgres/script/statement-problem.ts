import type { ParsedStatement } from "./parsed-statement.ts";

/** Why a statement is refused before anything is run; undefined if it is accepted. */
export function statementProblem({ type, node, text }: ParsedStatement): string | undefined {
  if (/\bpg_advisory_unlock_all\b/i.test(text))
    return "pg_advisory_unlock_all() would release the lock of the run itself. Unlock by the keys that were locked.";
  if (type === "IndexStmt" && node["concurrent"] === true && node["idxname"] === undefined)
    return (
      "An index that is built CONCURRENTLY needs a name, so that an interrupted build can be resumed. " +
      "Write CREATE INDEX CONCURRENTLY name ON ..."
    );
  if (type === "DiscardStmt" && node["target"] === "DISCARD_ALL")
    return "DISCARD ALL would end the run itself. Remove it; each migration begins with a fresh session anyway.";
  if (type === "CopyStmt" && node["is_from"] !== true && node["filename"] === undefined)
    return "COPY ... TO stdout has no receiver here. Remove it, or write to a table.";
  return type === "VariableSetStmt" ? settingProblem(node) : undefined;
}

function settingProblem(node: Record<string, unknown>): string | undefined {
  const value = valueOf(node);
  if (node["name"] === "standard_conforming_strings" && value !== undefined && !isOn(value))
    return (
      "With standard_conforming_strings off, a backslash would change where statements end. Remove this line, and " +
      "write strings with backslash escapes as E'...'."
    );
  if (node["name"] === "client_encoding" && value !== undefined && !/^(utf-?8|unicode)$/i.test(value))
    return "Scripts are read as UTF-8. Remove this line, and convert the file to UTF-8.";
  return undefined;
}

function valueOf(node: Record<string, unknown>): string | undefined {
  const { args = [] } = node as {
    args?: { A_Const?: { sval?: { sval?: string }; ival?: { ival?: number } } }[];
  };
  const constant = args[0]?.A_Const;
  return constant?.sval?.sval ?? (constant?.ival === undefined ? undefined : String(constant.ival.ival ?? 0));
}

function isOn(value: string): boolean {
  return ["on", "true", "yes", "1", "default"].includes(value.toLowerCase());
}
