import { setImmediate as giveWay } from "node:timers/promises";
import type { Folder } from "../folder/folder.ts";
import { FolderError } from "../folder/folder-error.ts";
import type { ScriptSection } from "../folder/migration.ts";
import { scriptSource } from "../folder/script-source.ts";
import { type Script } from "../postgres/script/script.ts";
import { readScript, type ScriptReading } from "../postgres/script/read-script.ts";
import { applicationId, rollbackId, sectionRunBy, type Steps } from "./step.ts";

/**
 * The scripts of a plan's steps as they will run, or the reason why one cannot, by the section that each belongs to.
 */
export type PlanScripts = ReadonlyMap<ScriptSection, FolderError | Script>;

/** The number of scripts that are read before other work has its turn. */
const atOnce = 16;

/** A script that a step runs. */
export interface StepScript {
  section: ScriptSection;
  /** True for a down script. */
  isDown: boolean;
}

/** The scripts that a plan's steps run, in their order. */
export function scriptsOf({ steps }: Steps): StepScript[] {
  return steps.flatMap((step) => {
    const section = sectionRunBy(step);
    return section === undefined ? [] : [{ section, isDown: step.kind === "rollBack" }];
  });
}

/** The scripts of steps that were announced, found in the folder by the ids of the steps. */
export function announcedScripts({ migrations }: Folder, ids: ReadonlySet<string>): StepScript[] {
  return migrations.flatMap((migration) => [
    ...(ids.has(applicationId(migration)) ? [{ section: migration.up, isDown: false }] : []),
    ...(ids.has(rollbackId(migration)) && migration.down !== undefined
      ? [{ section: migration.down, isDown: true }]
      : []),
  ]);
}

/** Reads scripts. One that cannot be read is an error in the result. */
export async function readPlanScripts(
  wanted: readonly StepScript[],
  reading: Pick<ScriptReading, "parsesPlain"> = {},
): Promise<PlanScripts> {
  const scripts = new Map<ScriptSection, FolderError | Script>();
  for (const [index, { section, isDown }] of wanted.entries()) {
    if (index % atOnce === 0) await giveWay();
    const script = await readOrExplain(section, reading);
    scripts.set(section, isDown ? await asOneTransaction(section, script, reading) : script);
  }
  return scripts;
}

/**
 * A down script that its format runs without a transaction runs in one if all of it can, because a rollback must be
 * whole. Statements that commit by themselves cannot.
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
