import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Check, readCheckFiles, readDefinitions } from "../engine/index.ts";

/** Checks as components take them. */
export type ChecksInput = pulumi.Input<pulumi.Input<Check>[]>;

/** The checks of this stack: those that name no environment, and those that name it. */
export function checksHere(checks: ChecksInput | undefined): pulumi.Output<Check[]> {
  return pulumi.output(checks ?? []).apply((definitions) => {
    const all = readable(definitions);
    requireKnownEnvironments(all);
    return all.filter(({ environments }) => environments?.includes(pulumi.getStack()) ?? true);
  });
}

/** What is written wrongly is told before a check is left out, and with it what is wrong. */
function readable(definitions: readonly unknown[]): Check[] {
  try {
    return readDefinitions(definitions);
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
}

/** Checks, and those of a folder of files. */
export function withCheckFiles(
  checks: ChecksInput | undefined,
  checkFiles: pulumi.Input<string> | undefined,
): pulumi.Output<Check[]> {
  return pulumi.all([checks ?? [], checkFiles]).apply(async ([given, dir]) => {
    if (dir === undefined) return given;
    try {
      return [...given, ...(await readCheckFiles(dir))];
    } catch (error) {
      throw new pulumi.RunError((error as Error).message);
    }
  });
}

/** A name that no stack bears is a mistake, by which a check would never be evaluated anywhere. */
function requireKnownEnvironments(checks: readonly Check[]): void {
  const known = stacks(process.cwd());
  for (const check of checks) {
    const unknown = check.environments?.find((environment) => !known.includes(environment));
    if (unknown !== undefined && known.length > 0)
      throw new pulumi.RunError(
        `Check ${JSON.stringify(check.name)} is for the environment ${JSON.stringify(unknown)}, and there is no stack of that ` +
          `name. The stacks are ${known.join(", ")}.`,
      );
  }
}

/** The stacks that have a file beside the project's; none where there is no project's file, as in inline programs. */
function stacks(folder: string): string[] {
  if (!existsSync(join(folder, "Pulumi.yaml")))
    return dirname(folder) === folder ? [] : stacks(dirname(folder));
  const named = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return [...new Set([...named, pulumi.getStack()])].sort();
}
