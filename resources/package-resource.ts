import * as pulumi from "@pulumi/pulumi";
import { deploymentOf } from "./deployment.ts";
import { dynamicProvider, type Noun } from "./dynamic-provider.ts";

/**
 * What the type of a resource begins with. Pulumi shows progress in the last column, behind types and names, and cuts it off at
 * the terminal's width: a short type leaves room for it.
 */
const module = "pg";
/** What it began with in earlier versions. */
const earlierModule = "pulumi-pg-migrations";

/** A custom resource of this package, whose provider is found by its noun. */
export abstract class PackageResource extends pulumi.dynamic.Resource {
  constructor(
    noun: Noun,
    name: string,
    {
      inputs,
      outputs,
      opts,
    }: { inputs: object; outputs: readonly string[]; opts: pulumi.CustomResourceOptions },
  ) {
    const type = typeOf(noun);
    super(
      dynamicProvider(noun),
      name,
      {
        ...inputs,
        ...(hasWork(inputs) ? { deployment: deploymentOf(inputs.pending) } : {}),
        ...Object.fromEntries(outputs.map((output) => [output, undefined])),
      },
      pulumi.mergeOptions(opts, { aliases: [{ type: earlierTypeOf(noun) }] }),
      module,
      type,
    );
  }
}

/** The type that the resource had in states of earlier versions. */
export function earlierTypeOf(noun: Noun): string {
  return `pulumi-nodejs:dynamic/${earlierModule}:${typeOf(noun)}`;
}

/** Whether the resource does what is pending, and so has to know in which deployment it did. */
function hasWork(inputs: object): inputs is { pending: pulumi.Input<string[]> | undefined } {
  return "pending" in inputs;
}

/** `MigrationRun` of `migration-run`. */
function typeOf(noun: Noun): string {
  return noun.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
