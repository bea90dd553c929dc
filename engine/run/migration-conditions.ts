import { type Conditions, readCheckBlocks } from "../checks/check-blocks.ts";
import type { Check } from "../checks/check.ts";
import { evaluateChecks, resultOf } from "../checks/evaluate-checks.ts";
import { PlanError } from "../plan/plan-error.ts";
import type { SoundScripts } from "../plan/plan-problems.ts";
import type { Plan } from "../plan/plan.ts";
import type { Database } from "../postgres/session/database.ts";
import { giveWay } from "./give-way.ts";
import type { ViolatedCheck } from "./run-result.ts";

/** What pending migrations say of themselves, by their names. Throws a `PlanError` where that cannot be read. */
export async function readConditions(
  { pending }: Pick<Plan, "pending">,
  scripts: SoundScripts,
): Promise<Map<string, Conditions>> {
  const found = new Map<string, Conditions>();
  const all: string[] = [];
  for (const { name, up } of pending) {
    const script = scripts.get(up);
    if (script === undefined) throw new Error(`The script of ${name} was not read.`);
    const { conditions, problems } = await readCheckBlocks(script.source);
    found.set(name, conditions);
    all.push(...problems.map(({ line, message }) => `${up.file}:${line}: ${message}`));
  }
  if (all.length > 0) throw new PlanError(all);
  return found;
}

/** Those of a migration's own checks that do not hold. */
export async function violatedConditions(
  database: Database,
  checks: readonly Check[],
  insideTransaction: boolean,
): Promise<ViolatedCheck[]> {
  const results = await evaluateChecks({ database, checks, insideTransaction });
  if (insideTransaction) giveWay(results);
  return results
    .filter(({ outcome }) => outcome !== "holds")
    .map((result) => ({ ...resultOf(result), before: "unknown" }));
}
