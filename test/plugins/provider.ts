/** Properties of a resource or a function: plain JSON, without marks for secrets. */
export type Properties = Record<string, unknown>;

/** What stands for a value that is not known before `pulumi up`. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Something that is done to a resource. */
export interface Operation {
  urn: string;
  /** The resource's name in the program. */
  name: string;
  inputs: Properties;
  /** The user's `customTimeouts`, milliseconds. Default: the provider's own. */
  timeoutMs: number | undefined;
  /** Aborted when the user cancels. */
  signal: AbortSignal;
  /** Reports on the row of the resource. */
  report(message: string): void;
}

/** Something that is done to a resource which exists. */
export interface ExistingOperation extends Operation {
  id: string;
  /** Its outputs so far. */
  olds: Properties;
}

/** One type of resource of a provider plugin. */
export interface ResourceType {
  /** Outputs that are not inputs, or are only sometimes: unknown until the resource is created. */
  outputs: readonly string[];
  /** Inputs whose change replaces the resource. */
  replaceOnChanges: readonly string[];
  /** Inputs that have a value by themselves, so that leaving them out again changes nothing. */
  computed?: readonly string[];
  /** Whether an update makes all outputs anew, and a secret in any input makes them all secret. */
  outputsFollowInputs?: boolean;
  /** Outputs that are secret whatever they come from. */
  secretOutputs?: readonly string[];
  /** Fills in defaults; `olds` are the inputs so far. */
  complete?(inputs: Properties, existing: { name: string; olds: Properties | undefined }): Properties;
  /** Says what is wrong with the inputs. */
  findProblems?(inputs: Properties, name: string): string[];
  create(operation: Operation): Promise<{ id: string; outputs: Properties }>;
  /** The outputs as they are now; undefined where the resource is gone. */
  read?(operation: ExistingOperation): Promise<Properties | undefined>;
  /** Gives the new outputs. */
  update(operation: ExistingOperation): Promise<Properties>;
  delete(operation: ExistingOperation): Promise<void>;
}

/** A provider plugin. */
export interface Plugin {
  version: string;
  /** By type token. */
  resources: Record<string, ResourceType>;
  /** By token. */
  functions: Record<string, (args: Properties, signal: AbortSignal) => Promise<Properties>>;
  /** Takes the provider's configuration. */
  configure?(configuration: Record<string, unknown>): void;
}

/** The resource was created, but is not as it should be: it is kept, with this reason. */
export class InitializationError extends Error {
  readonly id: string;
  readonly outputs: Properties;

  constructor(reason: string, { id, outputs }: { id: string; outputs: Properties }) {
    super(reason);
    this.id = id;
    this.outputs = outputs;
  }
}
