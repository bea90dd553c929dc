import type { ResolvedConnection } from "./connection.ts";

const mask = "[secret]";

/**
 * From how many characters on a secret is masked wherever it occurs in text of others. A shorter one is a part of too
 * many words: to mask it would make the text unreadable and give the secret away.
 */
export const shortestSecret = 8;

/** Of longer text only the beginning is shown. */
const longestText = 100_000;

/** The spellings in which the secrets of a connection could turn up in a text. */
export function secretsOf(connection: Pick<ResolvedConnection, "password">): string[] {
  const { password } = connection;
  if (password === undefined || password === "") return [];
  return [...new Set([password, encodeURIComponent(password), password.replaceAll("'", "''")])];
}

/**
 * Text of others without secrets: those that are given, if they are long enough or are the whole text, and whatever
 * stands as a password (`PASSWORD '...'`, `password=...`, `scheme://user:...@`). Cut to a length, in linear time. Every
 * line stays where it is.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  if (secrets.includes(text)) return mask;
  const long = secrets.filter(({ length }) => length >= shortestSecret);
  // The secrets that are known go first: of one that holds a quote or a blank, a pattern would mask the beginning only,
  // and the rest would no longer be recognised.
  const withoutKnown = long.reduce(
    (masked, secret) => masked.replaceAll(secret, mask),
    beginning(text, long),
  );
  return withoutKnown
    .replace(literal, (match, keyword: string) => {
      const lineEnds = match.slice(keyword.length).replace(/[^\n]/g, "");
      return `${keyword}'${mask}'${lineEnds}`;
    })
    .replace(parameter, `$1${mask}`)
    .replace(url, `$1${mask}`)
    .replace(quoted, `$1${mask}"`);
}

/** Quotes are doubled where the statement itself stands in a literal, as EXECUTE takes it. */
const literal =
  /(\bPASSWORD\s+)(?:''[^']{1,1000}''|(?:e|u&)?'(?:[^'\\]|''|\\.)*'?|\$(\w{0,63})\$[\s\S]*?(?:\$\2\$|$))/gi;

const parameter =
  /((?:password|passwd|passphrase)["']?\s{0,20}[=:]\s{0,20}(?!\[secret\]))(?:'(?:[^'\\\n]|''|\\.){0,1000}'?|"[^"\n]{0,1000}"?|[^'"\s]{1,1000})/gi;

const url = /(?<![\w+.-])([a-z][\w+.-]{0,20}:\/\/[^:@/\s]{0,300}:)[^@\s]{1,1000}(?=@)/gi;

/** What the server repeats of a statement that it cannot read. */
const quoted = /(\bat or near "(?=(?:e|u&)?'|\$)|missing "=" after ")[^"]{0,2000}"/gi;

function beginning(text: string, secrets: readonly string[]): string {
  if (text.length <= longestText) return text;
  // No secret is cut in two.
  const across = secrets.map((secret) => {
    const found = text.lastIndexOf(secret, longestText);
    return found >= 0 && found + secret.length > longestText ? found : longestText;
  });
  const end = Math.min(longestText, ...across);
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}
