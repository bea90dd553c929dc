import * as pulumi from "@pulumi/pulumi";
import { deploymentOf } from "./deployment.ts";
import { dynamicProvider, type Noun } from "./dynamic-provider.ts";

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
    super(
      sharedProvider(noun),
      name,
      {
        ...inputs,
        ...(hasWork(inputs) ? { deployment: deploymentOf(inputs.pending) } : {}),
        ...Object.fromEntries(outputs.map((output) => [output, undefined])),
      },
      opts,
      "pulumi-pg-migrations",
      typeOf(noun),
    );
  }
}

/** Pulumi serializes each provider object once, which takes a tenth of a second: resources of one noun share theirs. */
const dynamicProviders = new Map<Noun, pulumi.dynamic.ResourceProvider>();

function sharedProvider(noun: Noun): pulumi.dynamic.ResourceProvider {
  const provider = dynamicProviders.get(noun) ?? dynamicProvider(noun);
  dynamicProviders.set(noun, provider);
  return provider;
}

/** True if the resource does pending work, and so must record the deployment in which it did it. */
function hasWork(inputs: object): inputs is { pending: pulumi.Input<string[]> | undefined } {
  return "pending" in inputs;
}

/** `MigrationRun` of `migration-run`. It is in users' state, and never changes. */
function typeOf(noun: Noun): string {
  return noun.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
