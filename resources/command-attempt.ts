import * as pulumi from "@pulumi/pulumi";
import type { Backup } from "../engine/index.ts";
import { isPending, type Provider, unknownValue, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown } from "./due.ts";
import { requireProvenBackups } from "./proven-backups.ts";

/** Inputs of the command attempt resource. */
export interface CommandAttemptInputs {
  /** Names of the pending migrations. If there are none, no new attempt is made. */
  pending: string[];
  /** The backups that were taken before the run. */
  backups: Backup[] | undefined;
  /** The number of them that this deployment must have made or verified before the tool starts. */
  requiredBackups: number;
}

/**
 * Decides, before anything is done, if a tool is started. Each deployment with something pending is a new attempt, even
 * if the last one failed or left something; any other deployment keeps the last attempt.
 */
export class CommandAttemptResource extends PackageResource {
  /** Time of the attempt's decision, ISO 8601; undefined until there was one. */
  declare readonly attempt: pulumi.Output<string | undefined>;
  /** True if there is one. In a preview a missing output is unknown, and this one is known. */
  declare readonly needed: pulumi.Output<boolean>;

  constructor(name: string, inputs: Unresolved<CommandAttemptInputs>, opts: pulumi.CustomResourceOptions) {
    super("command-attempt", name, {
      inputs,
      outputs: ["attempt", "needed"],
      opts,
    });
  }
}

/** The attempt that the resource holds. */
interface CommandAttemptOutputs {
  attempt?: string | undefined;
  needed?: boolean | undefined;
}

/** The inputs, with the decision that was made when they were checked. */
interface DecidedInputs extends CommandAttemptInputs, CommandAttemptOutputs {}

/** Serves `CommandAttemptResource`. */
export const commandAttemptProvider: Provider<DecidedInputs, CommandAttemptOutputs> = {
  check: (news, olds) => ({ inputs: { ...news, ...decide(news, olds) } }),

  diff: (olds, news) => ({ changes: isPending(news) || olds.attempt !== news.attempt }),

  async create(inputs) {
    const { attempt, needed } = inputs;
    if (isPending(inputs)) await requireProvenBackups(inputs.backups ?? [], inputs.requiredBackups);
    return { id: "command-attempt", outs: { attempt, needed } };
  },
};

function decide(news: DecidedInputs, { attempt }: Partial<DecidedInputs>): CommandAttemptOutputs {
  if (areUnknown(news.pending)) return { attempt: unknownValue, needed: true };
  if (isPending(news)) return { attempt: new Date().toISOString(), needed: true };
  return attempt === undefined ? { needed: false } : { attempt, needed: true };
}
