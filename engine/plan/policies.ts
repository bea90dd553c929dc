import { foreign } from "../foreign-text.ts";
import type { Plan } from "./plan.ts";
import type { Policy } from "./plan-options.ts";

interface Oddity {
  policy: Policy;
  names: readonly string[];
  problem: (name: string) => string;
}

/** The unusual findings of a plan that the stack's configuration refuses. */
export function policyProblems(plan: Plan): string[] {
  return oddities(plan)
    .filter(({ policy }) => policy === "refuse")
    .flatMap(({ names, problem }) => names.map(problem));
}

function oddities({ options, edited, missing, outOfOrder, heldBack }: Plan): Oddity[] {
  return [
    {
      policy: options.edited ?? "warn",
      names: edited,
      problem: (name) =>
        `Migration ${name} has been edited since it was applied, which the configuration refuses (edited: refuse): ` +
        `restore its script, and make the change in a new migration.`,
    },
    {
      policy: options.outOfOrder ?? "warn",
      names: outOfOrder.filter((name) => !heldBack.includes(name)),
      problem: (name) =>
        `Migration ${name} is pending and comes before one that is applied, which the configuration refuses ` +
        `(outOfOrder: refuse): give it a later name.`,
    },
    {
      policy: options.missing ?? "warn",
      names: missing,
      problem: (name) =>
        `Migration ${foreign(name)} is applied and not in the folder, which the configuration refuses (missing: refuse): ` +
        `restore its script.`,
    },
  ];
}
