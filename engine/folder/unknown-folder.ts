import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { foreign } from "../foreign-text.ts";
import { namesInWords } from "../words.ts";
import type { FolderEntries } from "./folder-entries.ts";
import { FolderError } from "./folder-error.ts";
import { someScriptHas } from "./script-head.ts";

/** The number of files and folders that are searched for the signs of a tool. */
const lookedInto = 20;

interface OtherTool {
  name: string;
  /** The file or text that identifies the tool's folders; undefined in any other folder. */
  sign: (dir: string, entries: FolderEntries) => string | undefined;
}

/** Tools whose folders this package does not read. */
const otherTools: readonly OtherTool[] = [
  { name: "Atlas", sign: named("atlas.sum") },
  { name: "sqitch", sign: named("sqitch.plan", "sqitch.conf") },
  { name: "Alembic", sign: named("alembic.ini", "script.py.mako") },
  { name: "Rails", sign: matching(/^\d{14}_\w+\.rb$/) },
  { name: "Django", sign: matching(/^\d{4}_\w+\.py$/) },
  { name: "Liquibase", sign: matching(/^(?:db\.)?changelog[-\w.]*\.(?:xml|ya?ml|json)$/i) },
  { name: "graphile-migrate", sign: named(".gmrc", "current.sql") },
  {
    name: "graphile-migrate",
    sign: (dir, { scripts }) =>
      someScriptHas(dir, scripts, /^--! Previous:/m) ? "--! Previous:" : undefined,
  },
  { name: "Hasura", sign: inFolders("up.sql", /^\d{13}_/) },
  { name: "Prisma 8", sign: inFolders("ops.json") },
  {
    name: "pgroll",
    sign: (dir, { files }) =>
      files
        .filter((name) => /\.(?:json|ya?ml)$/.test(name))
        .slice(0, lookedInto)
        .find((name) => /^\s*["']?operations["']?\s*:/m.test(readFileSync(join(dir, name), "utf8"))),
  },
  {
    name: "a tool in JavaScript (Knex, TypeORM, MikroORM, ...)",
    // Next to SQL scripts, a program is a migration only if its name fits their order.
    sign: (_dir, { files, scripts }) =>
      files.find((name) => (scripts.length === 0 ? /\.[cm]?[jt]s$/ : /^\d.*\.[cm]?[jt]s$/).test(name)),
  },
];

/** Throws a `FolderError` if the folder shows that it is of a tool whose folders this package does not read. */
export function requireNoOtherTool(dir: string, entries: FolderEntries): void {
  for (const { name, sign } of otherTools) {
    const found = sign(dir, entries);
    if (found === undefined) continue;
    throw new FolderError(
      "NEEDS_ITS_TOOL",
      `${dir} looks like a folder of ${name} (${foreign(found)}), which this package does not read. Have the tool itself apply ` +
        `it: set \`command\` (docs/reference/command-migration-run.md).`,
    );
  }
}

/**
 * The error for a folder without any migration: what it holds, and which folder below it looks right. `isFormat` is
 * true for a directory in a known format.
 */
export async function unknownFolder(
  dir: string,
  entries: FolderEntries,
  isFormat: (dir: string) => Promise<boolean>,
): Promise<FolderError> {
  const right = await likelyFolder(dir, entries.directories, isFormat);
  const advice =
    right === undefined
      ? "Set migrations to the folder that holds the migrations, or have its tool apply it: set `command`."
      : `If you mean ${right}, set migrations to it.`;
  return new FolderError(
    "FOLDER_EMPTY",
    `There is no migration in ${dir}, which holds ${holdings(entries)}. ${advice}`,
  );
}

function holdings({ directories, files, scripts }: FolderEntries): string {
  const others = files.filter((name) => !name.endsWith(".sql"));
  const parts = [
    some("folder", directories, " without migration.sql"),
    some("script", scripts),
    some("other file", others),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

function some(noun: string, names: readonly string[], what = ""): string | undefined {
  if (names.length === 0) return undefined;
  return `${names.length} ${noun}${names.length === 1 ? "" : "s"}${what} (${namesInWords(names)})`;
}

/** Searches two levels: for example, `db` for `db/postgres/migrations`. */
async function likelyFolder(
  dir: string,
  directories: readonly string[],
  isFormat: (dir: string) => Promise<boolean>,
): Promise<string | undefined> {
  const near = directories.filter(isWorthALook).slice(0, lookedInto);
  const below = near.flatMap((name) => [join(dir, name), ...directoriesIn(join(dir, name))]);
  for (const candidate of below) if (await isFormat(candidate)) return candidate;
  return undefined;
}

function directoriesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isWorthALook(entry.name))
    .slice(0, lookedInto)
    .map(({ name }) => join(dir, name));
}

function isWorthALook(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules";
}

function named(...names: readonly string[]): OtherTool["sign"] {
  return (_dir, { files }) => names.find((name) => files.includes(name));
}

function matching(pattern: RegExp): OtherTool["sign"] {
  return (_dir, { files }) => files.find((name) => pattern.test(name));
}

function inFolders(file: string, folder = /^/): OtherTool["sign"] {
  return (dir, { directories }) =>
    directories
      .slice(0, lookedInto)
      .filter((name) => isWorthALook(name) && folder.test(name))
      .map((name) => join(name, file))
      .find((path) => isFile(join(dir, path)));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
