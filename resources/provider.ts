import type * as pulumi from "@pulumi/pulumi";

/**
 * The work of a resource: the part of a dynamic provider that is not stored in state. Inputs and outputs are plain
 * data, secrets in clear. In a preview an input can be `unknownValue`, whatever its type. Outputs of earlier
 * deployments can lack any member.
 */
export interface Provider<Inputs extends object, Outputs extends object> {
  /** Completes the inputs, or names their errors; in preview and in up, given the last inputs. */
  check?(news: Inputs, olds: Partial<Inputs>): CheckedInputs<Inputs> | Promise<CheckedInputs<Inputs>>;
  /** Reports if there is work to do. */
  diff(olds: Partial<Outputs>, news: Inputs): pulumi.dynamic.DiffResult | Promise<pulumi.dynamic.DiffResult>;
  /** Does the work, also in an update, which passes the old outputs. */
  create(inputs: Inputs, olds: Partial<Outputs>): Promise<{ id: string; outs: Outputs }>;
  /** Reads the current state; in refresh, given the last outputs alone. Default: it is unchanged. */
  read?(outs: Partial<Outputs>): Promise<Partial<Outputs>>;
  /**
   * Reports the objects that stay when the resource is deleted; nothing of the database is ever deleted with it.
   * Default: nothing.
   */
  farewell?(outs: Partial<Outputs>): Promise<void>;
}

/** The result of a check of inputs. */
export interface CheckedInputs<Inputs extends object> {
  /** The inputs to go on with. Default: the given ones. */
  inputs?: Inputs;
  /** The error; nothing is done then. */
  failure?: string | undefined;
}

/** Inputs as a program has them: values may be those of resources that do not exist yet. */
export type Unresolved<Inputs extends object> = { [Name in keyof Inputs]: pulumi.Input<Inputs[Name]> };

/** Inputs of a resource that does pending work. */
export interface PendingInputs {
  /** Names of what is pending; undefined without a preflight, as in a resource that stands alone. */
  pending?: readonly string[] | undefined;
}

/** The engine's placeholder for a value that is unknown before the deployment. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True if an input lists something. In a preview of a database that does not exist yet, it is not a list at all. */
export function isPending({ pending }: PendingInputs): boolean {
  return !Array.isArray(pending) || pending.length > 0;
}
