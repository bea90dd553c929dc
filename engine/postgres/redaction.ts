import type { ResolvedConnection } from "./connection.ts";

const mask = "[secret]";

/** The spellings in which the secrets of a connection could turn up in a text. */
export function secretsOf(connection: Pick<ResolvedConnection, "password">): string[] {
  const { password } = connection;
  if (password === undefined || password === "") return [];
  return [...new Set([password, encodeURIComponent(password), password.replaceAll("'", "''")])];
}

/**
 * Masks the given secrets, and passwords that are told by what stands before them (`PASSWORD '...'`,
 * `password=...`, `postgresql://user:...@`), since migrations can hold passwords of their own and errors quote
 * the line they stand in. Every line of the text stays where it is.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // Quotes are doubled where the statement itself stands in a literal, as EXECUTE takes it.
  const literal =
    /(\bPASSWORD\s+)(?:''[^']+''|(?:e|u&)?'(?:[^'\\]|''|\\.)*'?|\$(\w*)\$[\s\S]*?(?:\$\2\$|$))/gi;
  const parameter = /(\bpassword\s*=\s*)[^'"\s]+/gi;
  const url = /(\bpostgres(?:ql)?:\/\/[^:@/\s]*:)[^@\s]+(?=@)/gi;
  // The secrets that are known go first: of one that holds a quote or a blank, a pattern would mask the beginning only,
  // and the rest would no longer be recognised.
  const withoutKnown = secrets.reduce((masked, secret) => masked.replaceAll(secret, mask), text);
  return withoutKnown
    .replace(literal, (match, keyword: string) => {
      const lineEnds = match.slice(keyword.length).replace(/[^\n]/g, "");
      return `${keyword}'${mask}'${lineEnds}`;
    })
    .replace(parameter, `$1${mask}`)
    .replace(url, `$1${mask}`);
}
