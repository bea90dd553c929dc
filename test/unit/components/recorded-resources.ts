import * as pulumi from "@pulumi/pulumi";
import type messages from "@pulumi/pulumi/proto/resource_pb.js";

type Request = InstanceType<typeof messages.RegisterResourceRequest>;

/** A resource as a program registers it. Other resources are named by their name, which is unique in these tests. */
export interface RecordedResource {
  type: string;
  name: string;
  /** Empty for a resource without a parent. */
  parent: string;
  /** Names of the resources that it waits for, sorted; a component counts as the resources in it. */
  dependencies: string[];
  /** Plain values, secret or not. */
  inputs: Record<string, unknown>;
  /** Names of the inputs that are secret, sorted. */
  secrets: string[];
  /** Name of the explicit provider; empty for the default one. */
  provider: string;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  /** Names that the resource had before. */
  aliases: string[];
  /** How long its creation may take; empty for the provider's default. */
  createTimeout: string;
  /** Names of the outputs that a component registers. */
  outputs: string[];
}

interface Mocking {
  /** Outputs by the last part of the type, such as `Preflight`. Default: none. */
  outputs?: Record<string, Record<string, unknown>>;
  /** Whether the mocks give each resource its inputs as outputs. Default: true. */
  echoes?: boolean;
}

type OutputsRequest = InstanceType<typeof messages.RegisterResourceOutputsRequest>;

interface Monitor {
  registerResource: (request: Request, done: unknown) => Promise<void>;
  registerResourceOutputs: (request: OutputsRequest, done: unknown) => void;
}

/**
 * Runs a program under mocks, and returns what it registers. Mocks of Pulumi see type, name and inputs only, so that
 * the rest is read from the requests to the monitor.
 */
export async function recordResources(
  program: () => void,
  { outputs = {}, echoes = true }: Mocking = {},
): Promise<RecordedResource[]> {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => ({
      id: `${name}-id`,
      state: { ...(echoes ? (inputs as object) : {}), ...outputs[type.split(":").at(-1) ?? ""] },
    }),
    call: () => ({}),
  });
  const recorded = recordRequests(pulumi.runtime.getMonitor() as unknown as Monitor);
  program();
  // Waits until everything is registered.
  await pulumi.runtime.disconnect();
  return recorded;
}

function recordRequests(monitor: Monitor): RecordedResource[] {
  const recorded: RecordedResource[] = [];
  const registerResource = monitor.registerResource.bind(monitor);
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (request, done) => {
    recorded.push(recordOf(request));
    return registerResource(request, done);
  };
  monitor.registerResourceOutputs = (request, done) => {
    const given = request.getOutputs()?.toJavaScript() ?? {};
    named(recorded, nameIn(request.getUrn())).outputs.push(...Object.keys(given).sort());
    registerOutputs(request, done);
  };
  return recorded;
}

/** The resource of this name. */
export function named(recorded: readonly RecordedResource[], name: string): RecordedResource {
  const found = recorded.find((resource) => resource.name === name);
  if (found === undefined)
    throw new Error(`No resource ${name} among ${recorded.map((one) => one.name).join(", ")}`);
  return found;
}

/** Types, names and parents of all that is below a component, in alphabetical order. */
export function treeOf(recorded: readonly RecordedResource[]): string[] {
  return recorded
    .filter(({ parent }) => parent !== "")
    .map(({ type, name, parent }) => `${type} ${name} in ${parent}`)
    .sort();
}

/** Whether a resource waits for another, directly or through others. */
export function waitsFor(recorded: readonly RecordedResource[], name: string, other: string): boolean {
  const { dependencies } = named(recorded, name);
  return dependencies.includes(other) || dependencies.some((one) => waitsFor(recorded, one, other));
}

/** The value of an output. */
export function valueOf<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => output.apply(resolve));
}

function recordOf(request: Request): RecordedResource {
  const { isRpcSecret, unwrapRpcSecret, deserializeProperties } = pulumi.runtime;
  const object = request.getObject();
  const given: [string, unknown][] =
    object === undefined ? [] : Object.entries(deserializeProperties(object));
  return {
    type: request.getType(),
    name: request.getName(),
    parent: nameIn(request.getParent()),
    dependencies: [...new Set(request.getDependenciesList().map(nameIn))].sort(),
    inputs: Object.fromEntries(given.map(([input, value]) => [input, unwrapRpcSecret(value) as unknown])),
    secrets: given.flatMap(([input, value]) => (isRpcSecret(value) ? [input] : [])).sort(),
    provider: nameIn(request.getProvider().replace(/::[^:]*$/, "")),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    aliases: request.getAliasesList().map((alias) => alias.getSpec()?.getName() ?? alias.getUrn()),
    createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
    outputs: [],
  };
}

/** The name at the end of a URN. */
function nameIn(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}
