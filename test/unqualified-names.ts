import { loadModule, parseSync } from "libpg-query";

await loadModule();

type Node = Record<string, unknown>;

interface Named {
  String?: { sval?: string };
}

/**
 * The functions, operators and types of a query that the server would resolve by the search path, and unqualified
 * system catalogs. A role that may create objects in a schema of that path could replace them. The user must qualify
 * the text between two `given` comments.
 */
export function unqualifiedNames(sql: string): string[] {
  const found: string[] = [];
  const walk = (node: unknown, key = ""): void => {
    if (Array.isArray(node)) for (const one of node) walk(one, key);
    else if (typeof node === "object" && node !== null) {
      found.push(...namesOf(key, node as Node));
      for (const [name, member] of Object.entries(node)) walk(member, name);
    }
  };
  walk(parseSync(withoutGivenText(sql)));
  return [...new Set(found)];
}

/** Replaces the user's text, which is not checked, by a placeholder. */
function withoutGivenText(sql: string): string {
  return sql.replace(/\/\* given \*\/[\s\S]*?\n\/\* end \*\//g, (_, at: number) =>
    /\b(?:WHERE|AND) \($/.test(sql.slice(0, at)) ? "true" : "SELECT 1",
  );
}

function namesOf(key: string, node: Node): string[] {
  switch (key) {
    case "FuncCall":
      return unqualified(node["funcname"], "function");
    case "TypeName":
    case "typeName":
      return isSerial(node) ? [] : unqualified(node["names"], "type");
    case "A_Expr":
      return isNullTest(node) ? [] : unqualified(node["name"], "operator");
    case "SubLink":
      return isComparison(node)
        ? unqualified(node["operName"] ?? [{ String: { sval: "=" } }], "operator")
        : [];
    case "CaseExpr":
      return node["arg"] === undefined ? [] : ["operator = of CASE"];
    case "JoinExpr":
      return node["usingClause"] === undefined && node["isNatural"] !== true ? [] : ["operator = of USING"];
    case "RangeVar":
      return isCatalog(node) ? [`relation ${String(node["relname"])}`] : [];
    default:
      return [];
  }
}

function unqualified(name: unknown, kind: string): string[] {
  const parts = (name ?? []) as Named[];
  return parts.length === 1 ? [`${kind} ${parts[0]?.String?.sval ?? ""}`] : [];
}

/** The parser resolves these by name, whatever the search path is. */
function isSerial({ names }: Node): boolean {
  return /^(?:small|big)?serial$/.test((names as Named[] | undefined)?.[0]?.String?.sval ?? "");
}

/** `x IS DISTINCT FROM NULL` compares nothing. */
function isNullTest({ kind, rexpr }: Node): boolean {
  const constant = (rexpr as { A_Const?: { isnull?: boolean } } | undefined)?.A_Const;
  return /^AEXPR_(?:NOT_)?DISTINCT$/.test(String(kind)) && constant?.isnull === true;
}

function isComparison({ subLinkType }: Node): boolean {
  return ["ANY_SUBLINK", "ALL_SUBLINK", "ROWCOMPARE_SUBLINK"].includes(String(subLinkType));
}

function isCatalog({ schemaname, relname }: Node): boolean {
  return schemaname === undefined && String(relname).startsWith("pg_");
}
