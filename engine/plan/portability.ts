import type { Folder, FolderFormat } from "../folder/folder.ts";
import { foreign } from "../foreign-text.ts";
import type { Migration } from "../folder/migration.ts";
import type { Peculiarity, Script } from "../postgres/script/script.ts";
import type { Plan } from "./plan.ts";

type Trait = Peculiarity["kind"] | "segments";

const words: Record<Trait, string> = {
  "byte-order-mark": "a byte-order mark: save the file as UTF-8 without it",
  "copy-data": "the data of a COPY: write INSERT",
  "psql-command": "a command of psql: take it out",
  "new-enum-value": "a value that the script itself adds to an enum: add it in an earlier migration",
  segments: "a statement that cannot run in a transaction, beside others: put it into a migration of its own",
};

/** What the tool itself takes although others do not. */
const taken: Partial<Record<FolderFormat, readonly Trait[]>> = {
  flyway: ["byte-order-mark", "copy-data"],
  numbered: Object.keys(words) as Trait[],
};

/** The pending scripts that only this package can apply: the tool of the folder would fail on them in a new database. */
export function unportableScripts(
  { pending }: Pick<Plan, "pending">,
  { format }: Pick<Folder, "format">,
  scripts: ReadonlyMap<Migration["up"], Script>,
): string[] {
  return pending.flatMap(({ name, up }) => {
    const script = scripts.get(up);
    const traits = script === undefined ? [] : traitsOf(script, up.transaction);
    const found = traits.filter(({ kind }) => taken[format]?.includes(kind) !== true);
    if (found.length === 0) return [];
    const reasons = found.map(({ kind, line }) => `line ${line} has ${words[kind]}`);
    const tool = format === "prisma" ? "prisma migrate" : format;
    return [`Only this package can apply ${foreign(name)}; ${tool} fails on it: ${reasons.join("; ")}.`];
  });
}

function traitsOf(
  { peculiarities, segments }: Script,
  transaction: boolean,
): { kind: Trait; line: number }[] {
  const alone = segments.find(({ kind }) => kind === "alone");
  const isMixed = transaction && segments.length > 1 && alone !== undefined;
  return [...peculiarities, ...(isMixed ? [{ kind: "segments" as const, line: alone.line }] : [])];
}
