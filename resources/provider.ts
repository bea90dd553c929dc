import type * as pulumi from "@pulumi/pulumi";

/**
 * What a resource does; the part of a dynamic provider that is not stored in state. Inputs and outputs are plain data, secrets in
 * clear. In a preview an input can be `unknownValue`, whatever its type. Outputs of earlier deployments can lack any member.
 */
export interface Provider<Inputs extends object, Outputs extends object> {
  /** Completes the inputs, or says what is wrong with them; in preview and in up, given the last inputs. */
  check?(news: Inputs, olds: Partial<Inputs>): CheckedInputs<Inputs> | Promise<CheckedInputs<Inputs>>;
  /** Whether there is work to do. */
  diff(olds: Partial<Outputs>, news: Inputs): pulumi.dynamic.DiffResult | Promise<pulumi.dynamic.DiffResult>;
  /** Does the work, in an update too, which hands over the old outputs. */
  create(inputs: Inputs, olds: Partial<Outputs>): Promise<{ id: string; outs: Outputs }>;
  /** Looks what became of it; in refresh, given the last outputs alone. Default: nothing became of it. */
  read?(outs: Partial<Outputs>): Promise<Partial<Outputs>>;
  /** Says what stays when the resource goes; nothing of the database ever goes with it. Default: nothing. */
  farewell?(outs: Partial<Outputs>): Promise<void>;
}

/** What came of looking at inputs. */
export interface CheckedInputs<Inputs extends object> {
  /** The inputs to go on with. Default: those that were given. */
  inputs?: Inputs;
  /** What is wrong; nothing is done then. */
  failure?: string | undefined;
}

/** Inputs as a program has them, whose values may be those of resources that do not exist yet. */
export type Unresolved<Inputs extends object> = { [Name in keyof Inputs]: pulumi.Input<Inputs[Name]> };

/** Inputs of a resource that does what is pending. */
export interface PendingInputs {
  /** Names of what is pending; undefined if nobody looks at that, as in a resource that stands alone. */
  pending?: readonly string[] | undefined;
}

/** What the engine hands over in place of a value that is not known before the deployment. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether an input lists something. In a preview of a database that is yet to be made it is not a list at all. */
export function isPending({ pending }: PendingInputs): boolean {
  return !Array.isArray(pending) || pending.length > 0;
}
