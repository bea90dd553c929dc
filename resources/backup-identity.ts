import * as pulumi from "@pulumi/pulumi";
import type { BackupOccasion, SnapshotIdentity } from "../engine/index.ts";
import { type CheckedInputs, isPending, type Provider, unknownValue, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown, isDue, lookedAt } from "./due.ts";
import { type Backups, type DumpIdentity, identityMethods } from "./identity-methods.ts";
import { progressOf } from "./progress.ts";

/** Inputs of the backup identity resource. */
export interface BackupIdentityInputs {
  /** The kind of backup. */
  method: Backups;
  /** The requested backup, without its occasion. */
  request: object;
  /** The occasion of the backup. */
  occasion: BackupOccasion;
  /** Names of the pending migrations that the backup precedes. If there are none, none is taken. */
  pending: string[] | undefined;
  /** The resource on whose row warnings are shown. */
  progressUrn: string;
}

/**
 * Decides, before anything is done, which backup the deployment needs: the one of the last deployment while nothing is
 * pending, else a new one or a recent one. Decides while the inputs are checked, so that preview shows the decision and
 * stops on any obstacle.
 */
export class BackupIdentityResource extends PackageResource {
  /** Undefined until a backup is needed. */
  declare readonly identity: pulumi.Output<DumpIdentity | SnapshotIdentity | undefined>;
  /** True if there is one. In a preview a missing output is unknown, and this one is known. */
  declare readonly needed: pulumi.Output<boolean>;

  constructor(name: string, inputs: Unresolved<BackupIdentityInputs>, opts: pulumi.CustomResourceOptions) {
    super("backup-identity", name, {
      inputs,
      outputs: ["identity", "needed"],
      opts,
    });
  }
}

/** The facts about a backup before it is made. */
interface BackupIdentityOutputs {
  /** Undefined until a backup is needed. */
  identity?: object | string | undefined;
  needed?: boolean | undefined;
}

/** The inputs, with the decision that was made when they were checked. */
interface DecidedInputs extends BackupIdentityInputs, BackupIdentityOutputs {
  /** True if the backup was seen to exist. */
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
  // In a pipeline it is enough to have seen it once: a backup must not be made when nothing is pending.
  if (isKept)
    return { inputs: { ...news, identity: previous, needed: true, seen: news.pending !== undefined } };
  // A backup that is gone, or was never made, is not replaced: nothing is left that it would be a backup for.
  if (news.pending !== undefined && !isPending(news)) return { inputs: { ...news, needed: false } };
  const identity = await identify(request, previous, progressOf(news.progressUrn).note);
  return { inputs: { ...news, identity, needed: true } };
}
