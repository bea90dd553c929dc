import { foreign } from "./foreign-text.ts";

/** Number of names that a list shows before it is cut. */
const listedNames = 20;
/** Number of names that a sentence shows before it is cut. */
const namesInSentence = 3;

/** `1 migration`, `2 migrations`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A text indented by two columns. */
export function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}

/** Names on separate lines; of a long list the first and the last. */
export function list(names: readonly string[]): string {
  return listWithNotes(names.map((name) => ({ name, note: undefined })));
}

/** The same with notes after some names, which are all shown. */
export function listWithNotes(entries: readonly { name: string; note: string | undefined }[]): string {
  const isCut = entries.length > listedNames;
  const lines: string[] = [];
  let left = 0;
  for (const [index, { name, note }] of entries.entries()) {
    const isLast = index === entries.length - 1;
    if (isCut && index >= listedNames - 1 && note === undefined && !isLast) {
      left++;
      continue;
    }
    if (left > 0) lines.push(`  ... ${left} more ...`);
    left = 0;
    lines.push(`  ${foreign(note === undefined ? name : `${name} (${note})`)}`);
  }
  return lines.join("\n");
}

/** The first names of a list in a sentence, and the number of the others: `a, b, c and 4 more`. */
export function namesInWords(names: readonly string[]): string {
  const shown = names.slice(0, namesInSentence).map((name) => foreign(name));
  const rest = names.length - shown.length;
  return `${shown.join(", ")}${rest === 0 ? "" : ` and ${rest} more`}`;
}

/** A duration in a unit that people read: `12 ms`, `1.4 s`, `2 min 18 s`, `3 h 5 min`. */
export function durationInWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A size in a unit that people read: `8 kB`, `1.4 MB`, `212 MB`, `1.5 GB`. */
export function sizeInWords(bytes: number): string {
  const [unit, size] = (
    [
      ["GB", 1e9],
      ["MB", 1e6],
    ] as const
  ).find(([, least]) => bytes >= least) ?? ["kB", 1e3];
  const number = bytes / size;
  return `${number.toFixed(number < 9.95 && unit !== "kB" ? 1 : 0)} ${unit}`;
}
