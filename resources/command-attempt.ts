import * as pulumi from "@pulumi/pulumi";
import type { Backup } from "../engine/index.ts";
import { isPending, type Provider, unknownValue, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown } from "./due.ts";
import { requireProvenBackups } from "./proven-backups.ts";

/** Inputs of the command attempt resource. */
export interface CommandAttemptInputs {
  /** Names of the pending migrations; where there are none, no new attempt is made. */
  pending: string[];
  /** The ways back that were taken before the run. */
  backups: Backup[] | undefined;
  /** How many of them this deployment has to have made or verified before the tool is started. */
  requiredBackups: number;
}

/**
 * Decides, before anything is done, whether a tool is started: each deployment that finds something pending is a new
 * attempt, even where the last one has failed or has left something, and any other keeps the last.
 */
export class CommandAttemptResource extends PackageResource {
  /** When the attempt was decided on, ISO 8601; undefined until there was one. */
  declare readonly attempt: pulumi.Output<string | undefined>;
  /** Whether there is one. In a preview an output that is missing is unknown, and this is not. */
  declare readonly needed: pulumi.Output<boolean>;

  constructor(name: string, inputs: Unresolved<CommandAttemptInputs>, opts: pulumi.CustomResourceOptions) {
    super("command-attempt", name, {
      inputs,
      outputs: ["attempt", "needed"],
      opts,
    });
  }
}

/** Which attempt it is. */
interface CommandAttemptOutputs {
  attempt?: string | undefined;
  needed?: boolean | undefined;
}

/** The inputs with what was decided when they were checked. */
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
