import * as pulumi from "@pulumi/pulumi";
import {
  type AwsAccess,
  type Backup,
  type Check,
  type RdsDatabase,
  type RdsRequirements,
  type SnapshotIdentity,
  snapshotProgress,
} from "../engine/index.ts";
import { BackupIdentityResource } from "../resources/backup-identity.ts";
import { RdsRestoreProofResource } from "../resources/rds-restore-proof.ts";
import { RdsSnapshotResource } from "../resources/rds-snapshot.ts";
import { RdsSnapshotRetentionResource } from "../resources/rds-snapshot-retention.ts";
import { awsAccess } from "./aws-access.ts";
import { createAwsSnapshot } from "./aws-snapshot.ts";
import { type BackupOccasionArgs, isDue, isFromBefore, occasionOf } from "./backup-occasion.ts";
import { type ConnectionArgs, secretConnection } from "./connection.ts";
import { showCreationProgress } from "./creation-progress.ts";
import { progressUrn } from "./progress-urn.ts";
import { RdsRestore, type RdsRestoreArgs } from "./rds-restore.ts";
import { type RdsSourceArgs, rdsSourceOf } from "./rds-source.ts";
import { errorOn } from "./resource-error.ts";
import { settled } from "./settled.ts";
import { say } from "./say.ts";
import { tokenOf } from "./token.ts";

/** How a snapshot is taken; in a pipeline, `backup: { rdsSnapshot: ... }`. */
export type RdsSnapshotOptions = RdsSourceArgs & {
  /** How long a snapshot is kept at least, days: the tag `expires-at` of those yet to be taken. Default: 30. */
  retentionDays?: pulumi.Input<number> | undefined;
  /** How many of the newest are kept though they have expired. Default: 3. Takes effect with the next snapshot. */
  keepNewest?: pulumi.Input<number> | undefined;
  /**
   * Up to what age, minutes, a retry of the same run uses the snapshot of the attempt before; 0 never does.
   * Default: 15. Changing it does nothing by itself.
   */
  reuseMinutes?: pulumi.Input<number> | undefined;
  /**
   * How long a snapshot may take, minutes; the next up goes on waiting for one that took longer. Default: 360,
   * which is enough for the first snapshot of some terabytes. Changing it does nothing by itself.
   */
  timeoutMinutes?: number | undefined;
  /** What the database has to be like before anything is applied. Changing it does nothing by itself. */
  requirements?: pulumi.Input<RdsRequirements> | undefined;
  /**
   * Whether each snapshot is restored into a temporary instance, where the checks that hold before the run have to
   * hold, and which is deleted then. Takes as long as restoring takes, and costs as much. Default: false.
   */
  proveRestore?: boolean | undefined;
  /** How long that may take, minutes. Default: 120. Changing it does nothing by itself. */
  proveTimeoutMinutes?: pulumi.Input<number> | undefined;
  /** How AWS is reached by what no provider does. Default: as the AWS provider is configured. */
  aws?: pulumi.Input<AwsAccess> | undefined;
  /** How often AWS is asked while something is waited for, milliseconds. Default: 10000. */
  pollMs?: number | undefined;
};

/** Arguments of `RdsSnapshot`. */
export type RdsSnapshotArgs = RdsSnapshotOptions &
  BackupOccasionArgs & {
    /** The database, for `proveRestore`. Default: none, needed only there. */
    connection?: pulumi.Input<ConnectionArgs> | undefined;
    /** What has to hold in a restored snapshot. Default: nothing but that it can be connected to. */
    checks?: pulumi.Input<Check[]> | undefined;
  };

interface Snapshot {
  backup: Backup;
  source: RdsDatabase;
}

/**
 * A manual snapshot of an RDS instance or cluster, taken when something is pending, and asserted to be available
 * at AWS. It outlives the stack: neither destroy nor replacement nor removal from the program deletes it.
 */
export class RdsSnapshot extends pulumi.ComponentResource<pulumi.Output<Snapshot> | undefined> {
  /** The newest snapshot, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;
  /** What the snapshot is of, as it was then: what `restoreInto` carries over. */
  readonly source: pulumi.Output<RdsDatabase | undefined>;
  readonly #kind: RdsDatabase["kind"];

  constructor(name: string, args: RdsSnapshotArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokenOf("RdsSnapshot"), name, args, opts);
    this.#kind = rdsSourceOf(args).kind;
    const taken = pulumi.output(this.getData()).apply((snapshot) => snapshot);
    this.backup = taken.apply((snapshot) => snapshot?.backup);
    this.source = taken.apply((snapshot) => snapshot?.source);
    // Depends on what is created below, which Pulumi waits for by it.
    this.registerOutputs({ backup: this.backup });
  }

  /**
   * Restores the newest snapshot into a new instance or cluster. Later snapshots do not change what was restored.
   * Fails where no snapshot was taken yet.
   */
  restoreInto(
    name: string,
    args: Omit<RdsRestoreArgs, "from" | "kind" | "snapshot">,
    opts?: pulumi.ComponentResourceOptions,
  ): RdsRestore {
    const snapshot = this.backup.apply((backup) => existing(backup, this).id);
    const from = this.source.apply((source) => existing(source, this));
    return new RdsRestore(name, { ...args, snapshot, from, kind: this.#kind }, { dependsOn: this, ...opts });
  }

  /**
   * Whether there is a snapshot to register is known only once the database was looked at. Pulumi waits for
   * this before anything that depends on the component.
   */
  protected override async initialize(
    args: RdsSnapshotArgs,
    opts: pulumi.ComponentResourceOptions,
    name: string,
  ): Promise<pulumi.Output<Snapshot> | undefined> {
    // Pulumi calls this before the constructor has come to its end.
    await Promise.resolve();
    try {
      return await this.#takeSnapshot(name, args, opts);
    } catch (error) {
      throw errorOn(this, error);
    }
  }

  async #takeSnapshot(
    name: string,
    args: RdsSnapshotArgs,
    opts: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.Output<Snapshot> | undefined> {
    const access = awsAccess(this, args.aws);
    const urn = progressUrn(this);
    // A preflight has waited for what has to be there first.
    const { kind, source } = rdsSourceOf(args, args.preflight === undefined ? opts.dependsOn : undefined);
    const occasion = occasionOf(args);
    const pending = args.preflight?.pending;
    const { retentionDays, reuseMinutes, requirements, timeoutMinutes = 360, pollMs } = args;
    const { identity, needed } = new BackupIdentityResource(
      `${name}-identity`,
      {
        method: "rdsSnapshot",
        request: pulumi.output({ access, source, retentionDays, reuseMinutes, requirements }),
        occasion,
        pending,
        progressUrn: urn,
      },
      { parent: this, dependsOn: opts.dependsOn },
    );
    const [isNeeded, due] = await Promise.all([settled(needed), isDue(args)]);
    if (isNeeded.known && !isNeeded.value) return undefined;

    const decidedIdentity = identity as pulumi.Output<SnapshotIdentity>;
    const decided = await settled(decidedIdentity);
    const snapshot = await createAwsSnapshot(name, {
      kind,
      identity: decidedIdentity,
      // What was decided on before is there already, though the deployment that took it may have been killed.
      existing: decided.known && isFromBefore(decided.value.requestedAt) ? decided.value.snapshot : undefined,
      timeoutMinutes,
      parent: this,
    });
    if (due && decided.known)
      if (pulumi.runtime.isDryRun()) say(this, announcement(decided.value));
      else void this.#showProgress(snapshot, access, { of: decided.value, everyMs: pollMs ?? 10_000 });
    const asserted = new RdsSnapshotResource(
      `${name}-available`,
      { access, identity: decidedIdentity, pending, timeoutMinutes, pollMs, progressUrn: urn },
      { parent: this, dependsOn: snapshot },
    );
    new RdsSnapshotRetentionResource(
      `${name}-retention`,
      {
        access,
        source: decidedIdentity.apply(({ identifier }) => ({ kind, identifier })),
        database: occasion.database,
        keepNewest: args.keepNewest ?? 3,
        newest: asserted.backup.id,
        progressUrn: urn,
      },
      { parent: this, dependsOn: asserted },
    );
    const backup =
      args.proveRestore === true ? this.#prove(name, args, { access, asserted }).backup : asserted.backup;
    return pulumi.all([backup, asserted.source]).apply(([proven, of]) => ({ backup: proven, source: of }));
  }

  async #showProgress(
    resource: pulumi.CustomResource,
    access: pulumi.Output<AwsAccess>,
    { of, everyMs }: { of: SnapshotIdentity; everyMs: number },
  ): Promise<void> {
    const aws = await settled(access);
    if (!aws.known) return;
    const look = async (): Promise<string | undefined> => {
      const progress = await snapshotProgress(aws.value, of);
      return progress === undefined ? undefined : `${of.snapshot} is being created: ${progress} %`;
    };
    await showCreationProgress({ resource, on: this, everyMs, look });
  }

  #prove(
    name: string,
    args: RdsSnapshotArgs,
    taken: { access: pulumi.Output<AwsAccess>; asserted: RdsSnapshotResource },
  ): RdsRestoreProofResource {
    if (args.connection === undefined)
      throw new pulumi.RunError(
        "proveRestore looks at what was restored: give the snapshot a connection as well.",
      );
    return new RdsRestoreProofResource(
      `${name}-proof`,
      {
        access: taken.access,
        snapshot: taken.asserted.backup,
        source: taken.asserted.source,
        pending: args.preflight?.pending,
        connection: secretConnection(args.connection),
        checks: pulumi.output(args.checks ?? []),
        timeoutMinutes: args.proveTimeoutMinutes,
        pollMs: args.pollMs,
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: taken.asserted },
    );
  }
}

function announcement({ kind, identifier, snapshot, requestedAt, expiresAt }: SnapshotIdentity): string {
  return isFromBefore(requestedAt)
    ? `The snapshot ${snapshot}, asked for at ${requestedAt}, serves this run as well.`
    : `The snapshot ${snapshot} of the ${kind} ${identifier} will be taken before the run, and kept until ${expiresAt}.`;
}

function existing<Value>(value: Value | undefined, snapshot: RdsSnapshot): Value {
  if (value !== undefined) return value;
  throw new pulumi.ResourceError("There is nothing to restore yet: no snapshot was taken.", snapshot, true);
}
