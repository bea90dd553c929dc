import { shortestSecret } from "../postgres/session/redaction.ts";

/** Finds a secret in a text in any spelling, and knows the greatest length of a match. */
export interface SecretSpelling {
  pattern: RegExp;
  longest: number;
}

/**
 * The ways in which tools print a secret: unchanged, percent-encoded in a URL, in a JSON string, doubled or escaped in
 * SQL and shells. Each tool encodes other characters, and the ways may be mixed. Pure.
 */
export function spellingsOf(secrets: readonly string[]): SecretSpelling[] {
  // A log shows each line of a secret separately.
  const lines = secrets.flatMap((secret) => secret.split(/\r?\n/)).filter((line) => line !== "");
  return [...new Set(lines)].map((line) => {
    const characters = Array.from(line, waysToWrite);
    const spelt = characters.map((ways) => `(?:${ways.map(escaped).join("|")})`).join("");
    return {
      // A short one occurs in too many words, but is unambiguous alone on its line.
      pattern: new RegExp(line.length < shortestSecret ? `^${spelt}$` : spelt, "g"),
      longest: characters.reduce((sum, ways) => sum + Math.max(...ways.map(({ length }) => length)), 0),
    };
  });
}

/** The longest first, because the first match is taken. */
function waysToWrite(character: string): string[] {
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, "0"));
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const ways = [
    ...inBothCases(
      units.map((unit) => unit.toString(16).padStart(4, "0")),
      "\\u",
    ),
    ...inBothCases(bytes, "%"),
    ...(isLetterOrDigit(character) ? [] : [`\\${character}`]),
    ...(character === "'" ? [`'\\''`, `''`] : []),
    ...(character === " " ? ["+"] : []),
    character,
  ];
  return ways.sort((one, other) => other.length - one.length);
}

/** Hexadecimal digits beyond 9 are letters in either case. */
function inBothCases(hexadecimal: readonly string[], before: string): string[] {
  const small = hexadecimal.map((digits) => `${before}${digits}`).join("");
  const capital = hexadecimal.map((digits) => `${before}${digits.toUpperCase()}`).join("");
  return [...new Set([small, capital])];
}

function isLetterOrDigit(character: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(character);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
