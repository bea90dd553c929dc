import { foreign } from "./foreign-text.ts";

/** The number of names that a sentence shows before it is cut. */
const shownNames = 3;

/** The first names of a list in a sentence, and the number of the others: `a, b, c and 4 more`. */
export function namesInWords(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).map((name) => foreign(name));
  const rest = names.length - shown.length;
  return `${shown.join(", ")}${rest === 0 ? "" : ` and ${rest} more`}`;
}
