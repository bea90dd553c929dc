import type { ResolvedConnection } from "./connection.ts";

const mask = "[secret]";

/**
 * The length from which a secret is masked everywhere in foreign text. A shorter one occurs in too many words: masking
 * it would make the text unreadable and reveal the secret.
 */
export const shortestSecret = 8;

/** Only this much of a longer text is shown. */
const longestText = 100_000;

/** The spellings in which the secrets of a connection could occur in a text. */
export function secretsOf(connection: Pick<ResolvedConnection, "password">): string[] {
  const { password } = connection;
  if (password === undefined || password === "") return [];
  return [...new Set([password, encodeURIComponent(password), password.replaceAll("'", "''")])];
}

/**
 * Foreign text without secrets: the given ones, if they are long enough or are the whole text, and everything that
 * follows a password keyword (`PASSWORD '...'`, `password=...`, `scheme://user:...@`). Cut to a length, in linear time.
 * Every line keeps its number.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  if (secrets.includes(text)) return mask;
  const long = secrets.filter(({ length }) => length >= shortestSecret);
  // Known secrets are masked first. A pattern would mask only the beginning of one that holds a quote or a space, and
  // the rest would not be recognized.
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

/** Quotes are doubled if the statement is itself in a literal, as for EXECUTE. */
const literal =
  /(\bPASSWORD\s+)(?:''[^']{1,1000}''|(?:e|u&)?'(?:[^'\\]|''|\\.)*'?|\$(\w{0,63})\$[\s\S]*?(?:\$\2\$|$))/gi;

const parameter =
  /((?:password|passwd|passphrase)["']?\s{0,20}[=:]\s{0,20}(?!\[secret\]))(?:'(?:[^'\\\n]|''|\\.){0,1000}'?|"[^"\n]{0,1000}"?|[^'"\s]{1,1000})/gi;

const url = /(?<![\w+.-])([a-z][\w+.-]{0,20}:\/\/[^:@/\s]{0,300}:)[^@\s]{1,1000}(?=@)/gi;

/** The part of an unreadable statement that the server repeats. */
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
