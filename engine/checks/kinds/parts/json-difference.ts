import { LargeNumber, sameDecimal } from "./large-number.ts";
import { foreign } from "../../../foreign-text.ts";

/**
 * The first place where a JSON value does not contain the expected one: `$.checks.database is "down"`; undefined if it
 * does. An object may have more members; a list must have exactly these entries. An expected `LargeNumber` matches that
 * number or its digits as text. Pure.
 */
export function jsonDifference(expected: unknown, found: unknown, path = "$"): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return differing(path, found);
    return firstOf(expected.map((one, at) => jsonDifference(one, found[at], `${path}[${at}]`)));
  }
  if (!isObject(expected)) return isSame(expected, found) ? undefined : differing(path, found);
  if (!isObject(found)) return differing(path, found);
  return firstOf(
    Object.entries(expected).map(([key, value]) =>
      Object.hasOwn(found, key)
        ? jsonDifference(value, found[key], `${path}.${key}`)
        : `${path}.${key} is missing`,
    ),
  );
}

function isSame(expected: unknown, found: unknown): boolean {
  if (found instanceof LargeNumber) return sameDecimal(String(expected), found.source);
  return expected === found;
}

function firstOf(differences: (string | undefined)[]): string | undefined {
  return differences.find((difference) => difference !== undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LargeNumber)
  );
}

function differing(path: string, found: unknown): string {
  const text = JSON.stringify(found);
  return `${path} is ${foreign(text.length > 60 ? `${text.slice(0, 59)}…` : text)}`;
}
