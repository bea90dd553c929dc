import type { Folder, UnportableTrait } from "../folder/folder.ts";
import { folderFormat } from "../formats/formats.ts";
import { foreign } from "../foreign-text.ts";
import type { Migration } from "../folder/migration.ts";
import type { Script } from "../postgres/script/script.ts";
import { type Steps, stepsOf } from "./step.ts";

const words: Record<UnportableTrait, string> = {
  "byte-order-mark": "a byte-order mark: save the file as UTF-8 without it",
  "copy-data": "the data of a COPY: write INSERT",
  "psql-command": "a command of psql: remove it",
  "new-enum-value": "a value that the script itself adds to an enum: add it in an earlier migration",
  segments: "a statement that cannot run in a transaction, beside others: put it into a migration of its own",
};

/** The pending scripts that only this package can apply. The folder's own tool would fail on them in a new database. */
export function unportableScripts(
  plan: Steps,
  { format }: Pick<Folder, "format">,
  scripts: ReadonlyMap<Migration["up"], Script>,
): string[] {
  return stepsOf(plan, "apply").flatMap(({ name, migration: { up } }) => {
    const script = scripts.get(up);
    const traits = script === undefined ? [] : traitsOf(script, up.transaction);
    const found = traits.filter(({ kind }) => folderFormat(format).reader.accepts?.includes(kind) !== true);
    if (found.length === 0) return [];
    const reasons = found.map(({ kind, line }) => `line ${line} has ${words[kind]}`);
    const tool = format === "prisma" ? "prisma migrate" : format;
    return [`Only this package can apply ${foreign(name)}; ${tool} fails on it: ${reasons.join("; ")}.`];
  });
}

function traitsOf(
  { peculiarities, segments }: Script,
  transaction: boolean,
): { kind: UnportableTrait; line: number }[] {
  const alone = segments.find(({ kind }) => kind === "alone");
  const isMixed = transaction && segments.length > 1 && alone !== undefined;
  return [...peculiarities, ...(isMixed ? [{ kind: "segments" as const, line: alone.line }] : [])];
}
