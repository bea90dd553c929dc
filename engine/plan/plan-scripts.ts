import { setImmediate as giveWay } from "node:timers/promises";
import { FolderError } from "../folder/folder-error.ts";
import type { ScriptSection } from "../folder/migration.ts";
import { scriptSource } from "../folder/script-source.ts";
import { readScript, type Script, type ScriptReading } from "../postgres/script.ts";
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
  for (const [index, section] of sectionsOf(plan).entries()) {
    if (index % atOnce === 0) await giveWay();
    scripts.set(section, await readOrExplain(section, reading));
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
