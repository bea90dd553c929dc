/**
 * A query of the user's own in parentheses, as a part of a larger one: without a closing semicolon, and with a line end
 * before the parenthesis, as it may end in a comment. The comments after the semicolon hold no quote, or the semicolon
 * could stand in a literal.
 */
export function enclosedQuery(sql: string): string {
  return `(${sql.replace(/;(?:\s|--[^\n'"$]*(?:\n|$))*$/, "")}\n)`;
}
