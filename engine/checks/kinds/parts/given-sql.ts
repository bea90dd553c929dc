/**
 * A user's query in parentheses, for use in a larger query. It has no closing semicolon, and a line break before the
 * parenthesis because it may end in a comment. Comments after the semicolon hold no quote; otherwise the semicolon
 * could be inside a literal.
 */
export function givenQuery(sql: string): string {
  return `(${given(sql.replace(/;(?:\s|--[^\n'"$]*(?:\n|$))*$/, ""))})`;
}

/** A user's condition in parentheses, after `WHERE` or `AND`; empty if none was given. */
export function givenCondition(keyword: "AND" | "WHERE", condition: string | undefined): string {
  return condition === undefined ? "" : ` ${keyword} (${given(condition)})`;
}

/** Marks SQL of the user: its names are resolved by the search path, unlike those of the surrounding query. */
export function given(sql: string): string {
  return `${mark} ${sql}\n/* end */`;
}

/** True if a query contains SQL of the user's. */
export function hasGivenSql(query: string): boolean {
  return query.includes(mark);
}

const mark = "/* given */";
