import type { Folder } from "../folder/folder.ts";
import { FolderError } from "../folder/folder-error.ts";
import type { ScriptSection } from "../folder/migration.ts";
import { problemsForServer } from "../postgres/activity/accepted-syntax.ts";
import type { Database } from "../postgres/session/database.ts";
import { isAtomic, type Script } from "../postgres/script/script.ts";
import { attemptIn, decisionOf, isNamed, noneApplied } from "./declarations.ts";
import { incompleteProblems } from "./incomplete-folders.ts";
import { requireOwnFolder } from "./own-folder.ts";
import { PlanError } from "./plan-error.ts";
import { policyProblems } from "./policies.ts";
import { type PlanScripts, readPlanScripts, scriptsOf } from "./plan-scripts.ts";
import type { Plan } from "./plan.ts";
import { stepsOf } from "./step.ts";
import { unportableScripts } from "./portability.ts";
import { downProblems, rollbackProblems } from "./rollback-problems.ts";
import { baselinedByTool, settledByTool } from "./tool-remedies.ts";
import { foreign } from "../foreign-text.ts";

/** The scripts of a plan's steps, read and found sound, by the section that each belongs to. */
export type SoundScripts = ReadonlyMap<ScriptSection, Script>;

/**
 * Throws a `PlanError` that names every problem of the plan. Returns the scripts that will run; reads them unless they
 * were read before.
 */
export async function requireSoundPlan(
  plan: Plan,
  folder: Folder,
  { read, database }: { read?: PlanScripts | undefined; database?: Database | undefined } = {},
): Promise<SoundScripts> {
  requireOwnFolder(plan, folder);
  const scripts = new Map<ScriptSection, Script>();
  // The plan may have been made of the same folder, read once more.
  const isRead = read !== undefined && scriptsOf(plan).every(({ section }) => read.has(section));
  const problems = [
    ...optionProblems(plan, folder),
    ...failedProblems(plan, folder),
    ...(stepsOf(plan, "apply").length === 0 && folder.incomplete.length === 0
      ? []
      : baselineProblems(plan, folder)),
    ...incompleteProblems(plan, folder),
    ...policyProblems(plan),
    ...rollbackProblems(plan, folder),
    ...(await scriptProblems(plan, isRead ? read : await readPlanScripts(scriptsOf(plan)), {
      scripts,
      database,
    })),
  ];
  if (plan.options.portable === "refuse")
    problems.push(
      ...unportableScripts(plan, folder, scripts).map(
        (reason) => `${reason} The configuration refuses that (portable: refuse).`,
      ),
    );
  if (problems.length > 0) throw new PlanError(problems);
  return scripts;
}

/** A name without a migration is a mistake that would otherwise pass in silence. */
function optionProblems({ options }: Plan, { migrations, dir, format }: Folder): string[] {
  const isKnown = (name: string): boolean => migrations.some((migration) => isNamed(migration, name));
  const unknown = (option: string, name: string): string =>
    `${option} names ${name}, which is not a migration of ${dir}: correct the name, or remove it.`;
  const { baseline, target, resolve = {} } = options;
  return [
    ...(options.edited === "refuse" && holdsNoChecksums(migrations) ? [unnoticed(format)] : []),
    ...(baseline === undefined || baseline === noneApplied || isKnown(baseline)
      ? []
      : [unknown("baseline", baseline)]),
    ...(target === undefined || isKnown(target) ? [] : [unknown("target", target)]),
    ...Object.entries(resolve)
      .filter(([name, as]) => as === "applied" && !isKnown(attemptIn(name).name))
      .map(([name]) => unknown("resolve", name)),
  ];
}

function holdsNoChecksums(migrations: Folder["migrations"]): boolean {
  return migrations.length > 0 && migrations.every(({ checksum }) => checksum === "");
}

function unnoticed(format: Folder["format"]): string {
  return (
    `edited: refuse is not possible for ${format}: its ledger holds no checksums, so an edited script goes ` +
    `unnoticed. Remove edited.`
  );
}

function failedProblems(plan: Plan, folder: Folder): string[] {
  return plan.failed.map(({ name, startedAt, logs, progress, obstacle }) => {
    const begun = startedAt === undefined ? "started" : `started at ${startedAt.toISOString()}`;
    const why = logs === undefined || progress !== undefined ? "" : `: ${foreign(firstLine(logs))}`;
    const isAbove = plan.heldBack.includes(name);
    const attempt = progress === undefined || startedAt === undefined ? "" : `@${startedAt.toISOString()}`;
    if (isAbove && progress !== undefined)
      return (
        `Migration ${foreign(name)} ${begun} and is unfinished, ${progress.segments} of its segments are applied, and it lies ` +
        `above the target ${plan.options.target ?? ""}, so its effects would stay. Remove target, run pulumi up ` +
        `to finish the migration, and set target again. Or undo its effects by hand, and declare in the stack's ` +
        `configuration: resolve: { "${foreign(name)}${attempt}": "rolled-back" }.`
      );
    const because = obstacle === undefined ? "" : ` ${obstacle}`;
    const remedy =
      plan.options.appliedBy === "tool"
        ? settledByTool(folder.format, name)
        : `Check what it changed, then record the outcome in the stack's configuration: ${decisionOf(name, progress && startedAt)}.`;
    return `Migration ${foreign(name)} ${begun} and never finished${inPrisma(folder, "P3009")}${why}.${because} ${remedy}`;
  });
}

function baselineProblems(
  { steps, tableWithoutLedger, ledgerExists, ledger, options }: Plan,
  folder: Folder,
): string[] {
  const isDeclared = stepsOf({ steps }, "declare").length > 0 || options.baseline === noneApplied;
  if (ledgerExists || tableWithoutLedger === undefined || isDeclared) return [];
  const unknown =
    `The database holds tables (${foreign(tableWithoutLedger)} is one) but no ${ledger}, so it is unknown which migrations are applied` +
    `${inPrisma(folder, "P3005")}.`;
  if (options.appliedBy === "tool") return [`${unknown} ${baselinedByTool(folder.format)}`];
  return [
    `${unknown} Name the newest migration that the tables came from in the stack's configuration: ` +
      `baseline: "<name>"; or, if none of them is applied and the tables are of something else, baseline: "${noneApplied}"; or ` +
      `point the connection at another database.`,
  ];
}

async function scriptProblems(
  plan: Plan,
  read: PlanScripts,
  { scripts: sound, database }: { scripts: Map<ScriptSection, Script>; database: Database | undefined },
): Promise<string[]> {
  const problems: string[] = [];
  for (const { section, isDown } of scriptsOf(plan)) {
    const script = read.get(section);
    if (script === undefined) throw new Error(`The script ${section.file} was not read.`);
    if (script instanceof FolderError) {
      problems.push(script.message);
      continue;
    }
    sound.set(section, script);
    const own = await problemsForServer(database, script.problems);
    const others = isDown ? downProblems(script) : companionProblems(plan, script);
    problems.push(
      ...[...own, ...others].map(
        ({ position, message, excerpt }) =>
          `${section.file}:${position.line}:${position.column}: ${message}\n${excerpt}`,
      ),
    );
  }
  return problems;
}

function companionProblems({ options }: Plan, script: Script): Script["problems"] {
  const alone = script.segments.find(({ kind }) => kind === "alone");
  if (options.nonTransactional !== "refuse" || isAtomic(script) || script.segments.length === 1) return [];
  const { line, words } = alone ?? script.segments[1] ?? { line: 1, words: "" };
  const message = `${words} cannot run in a transaction: put it into a migration of its own, without other statements (nonTransactional: refuse).`;
  return [{ position: { line, column: 1 }, message, excerpt: `${line} | ${words}` }];
}

/** The Prisma error code by which Prisma's users know the problem. */
function inPrisma({ format }: Folder, code: string): string {
  return format === "prisma" ? ` (Prisma's ${code})` : "";
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
