import { setImmediate as giveWay } from "node:timers/promises";
import { FolderError } from "../folder/folder-error.ts";
import type { ScriptSection } from "../folder/migration.ts";
import { scriptSource } from "../folder/script-source.ts";
import { type Script } from "../postgres/script/script.ts";
import { readScript, type ScriptReading } from "../postgres/script/read-script.ts";
import type { Plan } from "./plan.ts";

/** The scripts of a plan's steps as they will be run, or why one cannot be, by what they are sections of. */
export type PlanScripts = ReadonlyMap<ScriptSection, FolderError | Script>;

/** How many scripts are read before whatever else goes on has its turn. */
const atOnce = 16;

/** Reads the scripts of all steps of a plan. */
export async function readPlanScripts(
  plan: Pick<Plan, "pending" | "rollback">,
  reading: Pick<ScriptReading, "parsesPlain"> = {},
): Promise<PlanScripts> {
  const scripts = new Map<ScriptSection, FolderError | Script>();
  const downs = new Set(plan.rollback.map(({ down }) => down));
  for (const [index, section] of sectionsOf(plan).entries()) {
    if (index % atOnce === 0) await giveWay();
    const script = await readOrExplain(section, reading);
    scripts.set(section, downs.has(section) ? await asOneTransaction(section, script, reading) : script);
  }
  return scripts;
}

/** The sections that a plan's steps run, those of the rollback first. */
export function sectionsOf({ pending, rollback }: Pick<Plan, "pending" | "rollback">): ScriptSection[] {
  return [
    ...rollback.flatMap(({ down }) => (down === undefined ? [] : [down])),
    ...pending.map(({ up }) => up),
  ];
}

/**
 * A down script that its format runs without a transaction runs in one if all of it can: a rollback has to be whole. What
 * commits by itself cannot.
 */
async function asOneTransaction(
  section: ScriptSection,
  script: FolderError | Script,
  reading: Pick<ScriptReading, "parsesPlain">,
): Promise<FolderError | Script> {
  if (section.transaction || script instanceof FolderError) return script;
  if (script.segments.some((segment) => segment.kind === "alone" && segment.mayCommit)) return script;
  return readOrExplain({ ...section, transaction: true }, reading);
}

async function readOrExplain(
  section: ScriptSection,
  reading: Pick<ScriptReading, "parsesPlain">,
): Promise<FolderError | Script> {
  try {
    return await readScript(scriptSource(section), { ...section, ...reading });
  } catch (error) {
    if (error instanceof FolderError) return error;
    throw error;
  }
}
