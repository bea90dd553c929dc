import { type Conditions, readCheckBlocks } from "../checks/check-blocks.ts";
import type { Check } from "../checks/check.ts";
import { evaluateChecks, resultOf } from "../checks/evaluate-checks.ts";
import { PlanError } from "../plan/plan-error.ts";
import type { SoundScripts } from "../plan/plan-problems.ts";
import { type Steps, stepsOf } from "../plan/step.ts";
import type { Database } from "../postgres/session/database.ts";
import { type Judgement, lockedCheck } from "./judgement.ts";

/**
 * The conditions in the scripts of pending migrations, by migration name. Throws a `PlanError` if one cannot be read.
 */
export async function readConditions(plan: Steps, scripts: SoundScripts): Promise<Map<string, Conditions>> {
  const found = new Map<string, Conditions>();
  const all: string[] = [];
  for (const {
    name,
    migration: { up },
  } of stepsOf(plan, "apply")) {
    const script = scripts.get(up);
    if (script === undefined) throw new Error(`The script of ${name} was not read.`);
    const { conditions, problems } = await readCheckBlocks(script.source);
    found.set(name, conditions);
    all.push(...problems.map(({ line, message }) => `${up.file}:${line}: ${message}`));
  }
  if (all.length > 0) throw new PlanError(all);
  return found;
}

/** Evaluates a migration's own checks. */
export async function judgeConditions(
  database: Database,
  checks: readonly Check[],
  insideTransaction: boolean,
): Promise<Judgement> {
  const results = await evaluateChecks({ database, checks, insideTransaction });
  return {
    locked: lockedCheck(results),
    violated: results
      .filter(({ outcome }) => outcome !== "holds")
      .map((result) => ({ ...resultOf(result), before: "unknown" })),
  };
}
