import { shortestSecret } from "../postgres/session/redaction.ts";

/** Finds a secret in a text however it is spelt, and says how long it can become. */
export interface SecretSpelling {
  pattern: RegExp;
  longest: number;
}

/**
 * The ways in which tools print a secret: as it is, percent-encoded in a URL (each tool encodes other characters),
 * in a JSON string, doubled or escaped in SQL and shells. The ways may be mixed. Pure.
 */
export function spellingsOf(secrets: readonly string[]): SecretSpelling[] {
  // What a secret of several lines becomes in a log is one line each.
  const lines = secrets.flatMap((secret) => secret.split(/\r?\n/)).filter((line) => line !== "");
  return [...new Set(lines)].map((line) => {
    const characters = Array.from(line, waysToWrite);
    const spelt = characters.map((ways) => `(?:${ways.map(escaped).join("|")})`).join("");
    return {
      // A short one is a part of too many words; alone in its line it is told from them.
      pattern: new RegExp(line.length < shortestSecret ? `^${spelt}$` : spelt, "g"),
      longest: characters.reduce((sum, ways) => sum + Math.max(...ways.map(({ length }) => length)), 0),
    };
  });
}

/** The longest first, as the first that fits is taken. */
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

/** The digits beyond 9 are letters, small or capital. */
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
