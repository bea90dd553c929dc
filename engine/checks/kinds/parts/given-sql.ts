/**
 * A query that the user gave, in parentheses, as a part of a larger one: without a closing semicolon, and with a line end
 * before the parenthesis, as it may end in a comment. The comments after the semicolon hold no quote, or the semicolon
 * could be inside a literal.
 */
export function givenQuery(sql: string): string {
  return `(${given(sql.replace(/;(?:\s|--[^\n'"$]*(?:\n|$))*$/, ""))})`;
}

/** A condition that the user gave, in parentheses, behind `WHERE` or `AND`; nothing if none was given. */
export function givenCondition(keyword: "AND" | "WHERE", condition: string | undefined): string {
  return condition === undefined ? "" : ` ${keyword} (${given(condition)})`;
}

/** Marks SQL of the user's: its names are looked up by the search path, unlike those of the query around it. */
export function given(sql: string): string {
  return `${mark} ${sql}\n/* end */`;
}

/** True if a query contains SQL of the user's. */
export function hasGivenSql(query: string): boolean {
  return query.includes(mark);
}

const mark = "/* given */";
