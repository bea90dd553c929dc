import * as pulumi from "@pulumi/pulumi";
import type { BackupOccasion, SnapshotIdentity } from "../engine/index.ts";
import { type CheckedInputs, isPending, type Provider, unknownValue, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown, isDue, lookedAt } from "./due.ts";
import { type Backups, type DumpIdentity, identityMethods } from "./identity-methods.ts";
import { progressOf } from "./progress.ts";

/** Inputs of the backup identity resource. */
export interface BackupIdentityInputs {
  /** How the backup is made. */
  method: Backups;
  /** What is asked for, without its occasion. */
  request: object;
  /** What it is taken before. */
  occasion: BackupOccasion;
  /** Names of the pending migrations that it is taken before; where there are none, none is taken. */
  pending: string[] | undefined;
  /** The resource on whose row warnings are shown. */
  progressUrn: string;
}

/**
 * Decides, before anything is done, which backup is to be there: the one of the last deployment as long as nothing
 * is pending, else a new one or one that is young enough. It is decided while the inputs are checked, so that
 * preview shows it, and what stands against it stops preview.
 */
export class BackupIdentityResource extends PackageResource {
  /** Undefined until a backup is needed. */
  declare readonly identity: pulumi.Output<DumpIdentity | SnapshotIdentity | undefined>;
  /** Whether there is one. In a preview an output that is missing is unknown, and this is not. */
  declare readonly needed: pulumi.Output<boolean>;

  constructor(name: string, inputs: Unresolved<BackupIdentityInputs>, opts: pulumi.CustomResourceOptions) {
    super("backup-identity", name, {
      inputs,
      outputs: ["identity", "needed"],
      opts,
    });
  }
}

/** What is known of a backup before it is made. */
interface BackupIdentityOutputs {
  /** Undefined until a backup is needed. */
  identity?: object | string | undefined;
  needed?: boolean | undefined;
}

/** The inputs with what was decided when they were checked. */
interface DecidedInputs extends BackupIdentityInputs, BackupIdentityOutputs {
  /** Whether the backup was seen to be there. */
  seen?: boolean | undefined;
}

/** Serves `BackupIdentityResource`. */
export const backupIdentityProvider: Provider<DecidedInputs, BackupIdentityOutputs> = {
  async check(news, olds) {
    const { pending, request, occasion } = news;
    if (areUnknown(pending, request, occasion))
      return { inputs: { ...news, identity: unknownValue, needed: true } };
    return lookedAt(() => decide(news, olds));
  },

  diff: (olds, news) => ({
    changes: JSON.stringify(olds.identity) !== JSON.stringify(news.identity),
  }),

  create: async ({ identity, needed }) =>
    Promise.resolve({ id: "backup-identity", outs: { identity, needed } }),
};

async function decide(
  news: DecidedInputs,
  olds: Partial<DecidedInputs>,
): Promise<CheckedInputs<DecidedInputs>> {
  const { identify, exists } = identityMethods[news.method];
  const request = { ...news.request, occasion: news.occasion };
  const previous = typeof olds.identity === "object" ? olds.identity : undefined;
  const isKept =
    previous !== undefined &&
    !isDue(olds, news, "occasion") &&
    (olds.seen === true || (await exists(request, previous)));
  // In a pipeline it is enough to have seen it once: what matters is that it is not made where nothing is pending.
  if (isKept)
    return { inputs: { ...news, identity: previous, needed: true, seen: news.pending !== undefined } };
  // What is gone, or was never made, is not made up for: there is nothing left that it would be a backup for.
  if (news.pending !== undefined && !isPending(news)) return { inputs: { ...news, needed: false } };
  const identity = await identify(request, previous, progressOf(news.progressUrn).note);
  return { inputs: { ...news, identity, needed: true } };
}
