import * as pulumi from "@pulumi/pulumi";
import type {
  AwsAccess,
  Backup,
  Connection,
  RdsDatabase,
  RdsRequirements,
  RdsSource,
} from "../engine/index.ts";
import { type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown, isDue, lookedAt } from "./due.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the restore point resource. */
export interface RestorePointInputs {
  access: pulumi.Input<AwsAccess>;
  source: pulumi.Input<RdsSource>;
  requirements: pulumi.Input<RdsRequirements>;
  /** The database, whose clock tells the point. */
  connection: pulumi.Input<Connection> | undefined;
  /** Names of the pending migrations that it is recorded before; where there are none, none is. */
  pending: pulumi.Input<string[]> | undefined;
  /** Where no pending migrations are given: a point is recorded at first, and again when these change. */
  triggers: pulumi.Input<string[]>;
  timeoutMinutes: pulumi.Input<number> | undefined;
  /** How often AWS is asked, milliseconds. */
  pollMs: pulumi.Input<number> | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: pulumi.Input<string>;
}

/** A moment that the database can be restored to. */
export class RestorePointResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup | undefined>;
  declare readonly restoreSource: pulumi.Output<RdsDatabase | undefined>;

  constructor(name: string, inputs: RestorePointInputs, opts: pulumi.CustomResourceOptions) {
    super("restore-point", name, {
      inputs,
      outputs: ["backup", "restoreSource"],
      opts,
    });
  }
}

/** What the resource does. */
export const restorePointProvider: Provider = {
  async check(news, olds) {
    if (!isDue(olds, news, "triggers") || areUnknown(news)) return {};
    return lookedAt(async () => {
      const { requirePointInTimeRecovery } = await import("../engine/index.ts");
      await requirePointInTimeRecovery(requestOf(news));
      return {};
    });
  },

  diff: (olds, news) => ({ changes: isDue(olds, news, "triggers") }),

  async create(inputs: Properties, olds: Properties = {}) {
    const { triggers } = inputs;
    const { backup, restoreSource } = olds;
    if (!isDue(olds, inputs, "triggers"))
      return { id: "restore-point", outs: { triggers, backup, restoreSource } };
    const { takeRestorePoint } = await import("../engine/index.ts");
    const taken = await takeRestorePoint({
      ...requestOf(inputs),
      connection: inputs["connection"] as Connection | undefined,
      timeoutMinutes: inputs["timeoutMinutes"] as number | undefined,
      pollMs: inputs["pollMs"] as number | undefined,
      onProgress: progressOf(inputs["progressUrn"]).status,
    });
    const outs = { triggers, backup: proveBackup(taken.backup), restoreSource: taken.source };
    return { id: "restore-point", outs };
  },
};

function requestOf(inputs: Properties) {
  return {
    access: inputs["access"] as AwsAccess,
    source: inputs["source"] as RdsSource,
    requirements: inputs["requirements"] as RdsRequirements,
  };
}
