import { type Literal, literalsOf } from "./sql-literals.ts";

/** A part of a text that is shown as `[secret]`. */
export interface SecretSpan {
  start: number;
  end: number;
}

/**
 * Words of statements whose literals can be secrets: they concern roles, subscriptions, servers or passwords, or call a
 * function that takes a key or a connection string. They count anywhere, even in a literal that is executed.
 */
const secretWord =
  /password|passwd|passphrase|secret|credential|token|api_?key|private_?key|crypt|pgp_|hmac|digest\s*\(|dblink|\b(?:role|user|subscription|server|mapping|connection|postgres_fdw|pwd)\b/i;

/** Connection strings and URLs that hold a password. */
const secretText = /\b(?:password|passwd|pwd)\s{0,20}=|:\/\/[^\s/@]{0,300}:[^\s@]{0,300}@/i;

/**
 * The string literals of SQL that can hold a secret, by their place. In statements with a secret word, all of them;
 * otherwise those that look like a connection string. The script of a DO block or a function stays readable, and its
 * literals are treated alike. Each part lies within its literal's quotes, so that the rest stays readable.
 */
export function secretSpans(text: string, isSecretiveBefore = false): SecretSpan[] {
  return literalsOf(text).flatMap(({ start, end, literals }) => {
    const isSecretive = isSecretiveBefore || mentionsSecrets(text.slice(start, end));
    return literals.flatMap((literal) => spansOf(text, literal, isSecretive));
  });
}

/** True if a text has a secret word, so that all its literals can be secrets. */
export function mentionsSecrets(text: string): boolean {
  return secretWord.test(text);
}

function spansOf(text: string, literal: Literal, isSecretive: boolean): SecretSpan[] {
  const { start, end } = literal.inner;
  if (isBody(text, literal))
    return literalsOf(text, start, end).flatMap(({ literals }) =>
      literals.flatMap((inner) => spansOf(text, inner, isSecretive)),
    );
  if (start === end) return [];
  return isSecretive || secretText.test(text.slice(start, end)) ? [{ start, end }] : [];
}

/** True if a literal is a script: dollar-quoted after DO, AS, or LANGUAGE and a name. */
function isBody(text: string, { start, isDollarQuoted }: Literal): boolean {
  return (
    isDollarQuoted &&
    /\b(?:do|as|language\s+["\w]{1,63})\s*$/i.test(text.slice(Math.max(0, start - 200), start))
  );
}

/** A text with `[secret]` in place of some parts; their line feeds stay. */
export function withoutSpans(text: string, spans: readonly SecretSpan[]): string {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    kept.push(text.slice(at, start), "[secret]", text.slice(start, end).replace(/[^\n]/g, ""));
    at = end;
  }
  return kept.join("") + text.slice(at);
}

/** SQL without secrets, to be shown. */
export function withoutSecretLiterals(sql: string): string {
  return withoutSpans(sql, secretSpans(sql));
}
