import type { ParsedStatement } from "./parsed-statement.ts";
import { quoteLiteral } from "../text/identifier.ts";

/**
 * The values that a transaction adds to enums. PostgreSQL does not let the same transaction use them, unless it has
 * also created the type.
 */
export class EnumValues {
  readonly #created = new Set<string>();
  /** As written in SQL, quotes included. */
  #added: string[] = [];

  /** True if there are such values. A long statement may use them beyond the part that is in memory. */
  get areAdded(): boolean {
    return this.#added.length > 0;
  }

  /** True if a statement uses a value that the transaction has added. */
  areNewTo({ type, text }: Pick<ParsedStatement, "text" | "type">): boolean {
    if (type === "AlterEnumStmt" || type === "CreateEnumStmt" || type === "CommentStmt") return false;
    return this.#added.some((literal) => text.includes(literal));
  }

  /** The same for a statement that was not parsed. Its text is requested only if there are such values. */
  areNewToPlain(word: string, text: () => string): boolean {
    return this.#added.length > 0 && word !== "comment" && this.areNewTo({ type: "", text: text() });
  }

  /** Records the values that a statement adds. */
  take({ type, node }: ParsedStatement): void {
    if (type === "CreateEnumStmt") this.#created.add(nameOf(node));
    const { newVal, oldVal } = node as { newVal?: string; oldVal?: string };
    if (type !== "AlterEnumStmt" || newVal === undefined || oldVal !== undefined) return;
    if (!this.#created.has(nameOf(node))) this.#added.push(quoteLiteral(newVal));
  }

  /** Added values are committed, and created types are no longer new. */
  commit(): void {
    this.#added = [];
    this.#created.clear();
  }
}

function nameOf(node: Record<string, unknown>): string {
  const { typeName = [] } = node as { typeName?: { String?: { sval?: string } }[] };
  return typeName.map((part) => part.String?.sval ?? "").join(".");
}
