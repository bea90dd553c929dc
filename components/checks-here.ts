import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type Check, checksThatCompare, readCheckFiles, readDefinitions } from "../engine/index.ts";
import { input } from "./given-options.ts";
import { toldOn } from "./told-on.ts";

/** Checks as components accept them. */
export type ChecksInput = pulumi.Input<pulumi.Input<Check>[]>;

/** A list of checks; the engine reads each of them, and names the check that is wrong. @internal */
export const checksSchema = input(z.array(z.unknown()));

/**
 * The checks of this stack: those without an environment, those that name this one, and those of a folder of files. A
 * check that cannot be read is an error on the component's row, even if it is for another environment.
 */
export function checksHere(
  component: pulumi.ComponentResource,
  checks: ChecksInput | undefined,
  checkFiles?: pulumi.Input<string>,
): pulumi.Output<Check[]> {
  return pulumi.all([checks ?? [], checkFiles]).apply(([given, dir]) =>
    toldOn(component, async () => {
      const inFiles = dir === undefined ? [] : await readCheckFiles(dir);
      const all = readDefinitions([...given, ...inFiles]);
      requireKnownEnvironments(all.filter(({ environments }) => environments !== undefined));
      return all.filter(({ environments }) => environments?.includes(pulumi.getStack()) ?? true);
    }),
  );
}

/** A tool commits by itself, so its result cannot be compared with before: such a check would always hold. */
export function withoutComparison(
  component: pulumi.ComponentResource,
  checks: pulumi.Output<Check[]>,
): pulumi.Output<Check[]> {
  return checks.apply((all) =>
    toldOn(component, () => {
      const [comparing] = checksThatCompare(all);
      if (comparing === undefined) return Promise.resolve(all);
      throw new pulumi.RunError(
        `Check ${JSON.stringify(comparing.name)} compares with before the run, which is not possible together with command: ` +
          `remove it, or write a check that holds at any time.`,
      );
    }),
  );
}

/** An environment without a stack is a mistake: the check would never be evaluated anywhere. */
function requireKnownEnvironments(checks: readonly Check[]): void {
  if (checks.length === 0) return;
  const known = stacks(process.cwd());
  for (const check of checks) {
    const unknown = check.environments?.find((environment) => !known.includes(environment));
    if (unknown !== undefined && known.length > 0)
      throw new pulumi.RunError(
        `Check ${JSON.stringify(check.name)} is for the environment ${JSON.stringify(unknown)}, which has no stack. ` +
          `Correct the name. The stacks are ${known.join(", ")}.`,
      );
  }
}

/** The stacks that have a file next to the project's. None if there is no project file, as in inline programs. */
function stacks(folder: string): string[] {
  if (!existsSync(join(folder, "Pulumi.yaml")))
    return dirname(folder) === folder ? [] : stacks(dirname(folder));
  const named = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return [...new Set([...named, pulumi.getStack()])].sort();
}
