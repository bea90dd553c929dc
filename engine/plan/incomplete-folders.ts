import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Folder } from "../folder/folder.ts";
import { foreign } from "../foreign-text.ts";
import { namesInWords } from "../words.ts";
import type { Plan } from "./plan.ts";

/** Advice for folders without a script. Each may be a migration that was lost, so the advice is never to delete one. */
export function incompleteProblems(
  { missing }: Pick<Plan, "missing">,
  { dir, migrations, incomplete }: Pick<Folder, "dir" | "incomplete" | "migrations">,
): string[] {
  const unknown = incomplete.filter(({ name }) => !missing.includes(name));
  const strays = unknown.filter(({ name }) => isNoMigration(name));
  const others = unknown
    .filter(({ name }) => !isNoMigration(name))
    .map((one) => ({ ...one, program: programIn(dirname(one.file)) }));
  const programs = others.flatMap(({ name, program }) =>
    program === undefined ? [] : [`${name}/${program}`],
  );
  const lost = others.filter(({ program }) => program === undefined);
  return [
    ...programProblems(programs, dir),
    ...strays.map(
      ({ name }) =>
        `${dir}/${foreign(name)} is not a migration, but Prisma treats each folder as one (P3015): move it out of ${dir}.`,
    ),
    ...lostProblems(lost, { dir, isElsewhere: migrations.length === 0 }),
  ];
}

/** True for files that version control, package managers and file systems leave in any folder. */
function isNoMigration(name: string): boolean {
  return name.startsWith(".") || name === "node_modules" || name === "lost+found";
}

/** Finds a migration that is written in a programming language, in a folder that should hold a script. */
function programIn(dir: string): string | undefined {
  try {
    return readdirSync(dir).find((name) => /\.(?:[cm]?[jt]s|py|rb|go)$/.test(name));
  } catch {
    // A folder that cannot be read is reported as one without a script.
    return undefined;
  }
}

function programProblems([first, ...rest]: readonly string[], dir: string): string[] {
  if (first === undefined) return [];
  const others = rest.length === 0 ? "" : `, as do ${rest.length} more`;
  return [
    `${foreign(first)} is a program in place of migration.sql${others}, and this package runs only SQL. Let the tool that ` +
      `runs both apply ${dir} (command:), or write the change as migration.sql.`,
  ];
}

function lostProblems(
  lost: Folder["incomplete"],
  { dir, isElsewhere }: { dir: string; isElsewhere: boolean },
): string[] {
  const [only] = lost;
  if (only === undefined) return [];
  const where = isElsewhere
    ? `Point migrations at the folder of the migrations itself, not the one above ${dir} or one of another tool. Or ` +
      `let the tool apply them (command:).`
    : "Restore the script from version control; if the folder is not a migration, move it elsewhere.";
  if (lost.length === 1 && !isElsewhere) return [`${only.file} does not exist (Prisma's P3015). ${where}`];
  const listed = namesInWords(lost.map(({ name }) => name));
  const count = lost.length === 1 ? "1 folder" : `${lost.length} folders`;
  return [
    `${count} of ${dir} hold${lost.length === 1 ? "s" : ""} no migration.sql: ${listed} (Prisma's P3015). ${where}`,
  ];
}
