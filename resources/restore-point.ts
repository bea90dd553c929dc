import * as pulumi from "@pulumi/pulumi";
import type {
  AwsAccess,
  Backup,
  Connection,
  RdsDatabase,
  RdsRequirements,
  RdsSource,
} from "../engine/index.ts";
import { type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown, isDue, lookedAt } from "./due.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the restore point resource. */
export interface RestorePointInputs {
  access: AwsAccess;
  source: RdsSource;
  requirements: RdsRequirements;
  /** The database whose clock sets the point. */
  connection: Connection | undefined;
  /** Names of the pending migrations that the point precedes. If there are none, none is recorded. */
  pending: string[] | undefined;
  /** Without pending migrations: a point is recorded at first, and again when these change. */
  triggers: string[];
  timeoutMinutes: number | undefined;
  /** Milliseconds between two queries to AWS. */
  pollMs: number | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** A moment that the database can be restored to. */
export class RestorePointResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup | undefined>;
  declare readonly restoreSource: pulumi.Output<RdsDatabase | undefined>;

  constructor(name: string, inputs: Unresolved<RestorePointInputs>, opts: pulumi.CustomResourceOptions) {
    super("restore-point", name, {
      inputs,
      outputs: ["backup", "restoreSource"],
      opts,
    });
  }
}

/** The point, its source, and the triggers that it was recorded for. */
interface RestorePointOutputs {
  backup: Backup | undefined;
  restoreSource: RdsDatabase | undefined;
  triggers: readonly string[];
}

/** Serves `RestorePointResource`. */
export const restorePointProvider: Provider<RestorePointInputs, RestorePointOutputs> = {
  async check(news, olds) {
    if (!isDue(olds, news, "triggers") || areUnknown(news)) return {};
    return lookedAt(async () => {
      const { requirePointInTimeRecovery } = await import("../engine/index.ts");
      await requirePointInTimeRecovery(requestOf(news));
      return {};
    });
  },

  diff: (olds, news) => ({ changes: isDue(olds, news, "triggers") }),

  async create(inputs, olds) {
    const { triggers } = inputs;
    const { backup, restoreSource } = olds;
    if (!isDue(olds, inputs, "triggers"))
      return { id: "restore-point", outs: { triggers, backup, restoreSource } };
    const { takeRestorePoint } = await import("../engine/index.ts");
    const taken = await takeRestorePoint({
      ...requestOf(inputs),
      connection: inputs.connection,
      timeoutMinutes: inputs.timeoutMinutes,
      pollMs: inputs.pollMs,
      onProgress: progressOf(inputs.progressUrn).status,
    });
    const outs = { triggers, backup: proveBackup(taken.backup), restoreSource: taken.source };
    return { id: "restore-point", outs };
  },
};

function requestOf(inputs: RestorePointInputs) {
  return {
    access: inputs.access,
    source: inputs.source,
    requirements: inputs.requirements,
  };
}
