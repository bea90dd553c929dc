import * as pulumi from "@pulumi/pulumi";
import {
  type AwsAccess,
  type Backup,
  type RdsDatabase,
  type SnapshotIdentity,
  snapshotProgress,
} from "../engine/index.ts";
import { BackupIdentityResource } from "../resources/backup-identity.ts";
import { RdsRestoreProofResource } from "../resources/rds-restore-proof.ts";
import { isMocked, orUnderMocks } from "../resources/mocks.ts";
import { RdsSnapshotResource } from "../resources/rds-snapshot.ts";
import { RdsSnapshotRetentionResource } from "../resources/rds-snapshot-retention.ts";
import { awsAccess } from "./aws-access.ts";
import { createAwsSnapshot } from "./aws-snapshot.ts";
import { isFromBefore, mayBeDue, occasionOf, requireOneOccasion } from "./backup-occasion.ts";
import { secretConnection } from "./connection.ts";
import { showCreationProgress } from "./creation-progress.ts";
import { requireOptions } from "./given-options.ts";
import { mockedBackup, mockedRdsDatabase, mockedSnapshot } from "./mocked-backup.ts";
import { progressUrn } from "./progress-urn.ts";
import { RdsRestore } from "./rds-restore.ts";
import type { RdsRestoreArgs } from "./rds-restore-args.ts";
import { type RdsSnapshotArgs, rdsSnapshotArgsSchema } from "./rds-snapshot-args.ts";
import { rdsSourceOf } from "./rds-source.ts";
import { errorOn } from "./resource-error.ts";
import { settled } from "./settled.ts";
import { say } from "./say.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

interface Snapshot {
  backup: Backup;
  source: RdsDatabase;
}

/**
 * A manual snapshot of an RDS instance or cluster, taken when something is pending, and confirmed available at AWS. It
 * outlives the stack: neither destroy nor replacement nor removal from the program deletes it.
 */
export class RdsSnapshot extends pulumi.ComponentResource<pulumi.Output<Snapshot> | undefined> {
  /** The newest snapshot, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;
  /** The source of the snapshot as it was then: `restoreInto` carries it over. */
  readonly source: pulumi.Output<RdsDatabase | undefined>;
  readonly #kind: RdsDatabase["kind"];
  readonly #args: RdsSnapshotArgs;

  constructor(name: string, args: RdsSnapshotArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`RdsSnapshot ${name}`, rdsSnapshotArgsSchema, args);
    requireOneOccasion(`RdsSnapshot ${name}`, args);
    if (args.proveRestore === true && args.connection === undefined)
      throw new pulumi.RunError(needsConnection);
    // Arguments given here are in the state, and a new password would be a change of the component.
    super(tokenOf("RdsSnapshot"), name, {}, opts);
    this.#args = args;
    this.#kind = rdsSourceOf(args).kind;
    const taken = pulumi.output(this.getData()).apply((snapshot) => snapshot);
    this.backup = taken.apply((snapshot) => snapshot?.backup);
    this.source = taken.apply((snapshot) => snapshot?.source);
    // Depends on what is created below, which Pulumi waits for by it.
    this.registerOutputs({ backup: this.backup });
  }

  /**
   * Restores the newest snapshot into a new instance or cluster, by the same provider. Later snapshots do not change
   * the restored database. Fails if no snapshot was taken yet.
   */
  restoreInto(
    name: string,
    args: Omit<RdsRestoreArgs, "from" | "kind" | "snapshot">,
    opts?: pulumi.ComponentResourceOptions,
  ): RdsRestore {
    const snapshot = this.backup.apply((backup) => existing(backup, this).id);
    const from = this.source.apply((source) => existing(source, this));
    // A snapshot can be restored only in its own account and region: those of this component's provider.
    const provider = this.getProvider("aws:rds/instance:Instance");
    return new RdsRestore(
      name,
      { ...args, snapshot, from, kind: this.#kind },
      { dependsOn: this, providers: provider && [provider], ...opts },
    );
  }

  /**
   * Registers the snapshot only after the database was inspected, because it may not be needed. Pulumi waits for this
   * before anything that depends on the component.
   */
  protected override async initialize(
    _: pulumi.Inputs,
    opts: pulumi.ComponentResourceOptions,
    name: string,
  ): Promise<pulumi.Output<Snapshot> | undefined> {
    // Pulumi calls this before the constructor has come to its end.
    await Promise.resolve();
    try {
      return await this.#takeSnapshot(name, this.#args, opts);
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
    // A preflight has waited for its dependencies first.
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
      { parent: this, dependsOn: waitingFor(args.preflight, opts.dependsOn) },
    );
    const [isNeeded, due] = await Promise.all([settled(needed), mayBeDue(args)]);
    if (isNeeded.known && !isNeeded.value && !isMocked()) return undefined;

    const decidedIdentity = orUnderMocks(identity as pulumi.Output<SnapshotIdentity>, mockedSnapshot);
    const decided = await settled(decidedIdentity);
    const snapshot = await createAwsSnapshot(name, {
      kind,
      identity: decidedIdentity,
      // A snapshot from an earlier decision exists already, though the deployment that took it may have been killed.
      existing:
        decided.known && !isMocked() && isFromBefore(decided.value.requestedAt)
          ? decided.value.snapshot
          : undefined,
      timeoutMinutes,
      parent: this,
    });
    if (due && decided.known)
      this.#announce(snapshot, access, { of: decided.value, everyMs: pollMs ?? 10_000 });
    const asserted = new RdsSnapshotResource(
      `${name}-available`,
      { access, identity: decidedIdentity, pending, timeoutMinutes, pollMs, progressUrn: urn },
      { parent: this, dependsOn: snapshot },
    );
    const identifier = decidedIdentity.identifier;
    this.#retain(name, { access, kind, identifier, database: occasion.database, asserted });
    const backup =
      args.proveRestore === true ? this.#prove(name, args, { access, asserted }).backup : asserted.backup;
    return pulumi
      .all([
        orUnderMocks(backup, mockedBackup("rdsSnapshot")),
        orUnderMocks(asserted.source, mockedRdsDatabase),
      ])
      .apply(([proven, of]) => ({ backup: proven, source: of }));
  }

  /** Deletes expired snapshots. */
  #retain(
    name: string,
    taken: {
      access: pulumi.Output<AwsAccess>;
      kind: RdsDatabase["kind"];
      identifier: pulumi.Output<string>;
      database: pulumi.Output<string>;
      asserted: RdsSnapshotResource;
    },
  ): void {
    const { access, kind, database, asserted } = taken;
    new RdsSnapshotRetentionResource(
      `${name}-retention`,
      {
        ...{ access, database, source: taken.identifier.apply((identifier) => ({ kind, identifier })) },
        ...{ keepNewest: this.#args.keepNewest ?? 3, newest: asserted.backup.id },
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: asserted },
    );
  }

  #announce(
    resource: pulumi.CustomResource,
    access: pulumi.Output<AwsAccess>,
    what: { of: SnapshotIdentity; everyMs: number },
  ): void {
    if (isMocked()) return;
    if (pulumi.runtime.isDryRun()) say(this, announcement(what.of));
    else void this.#showProgress(resource, access, what);
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
    if (args.connection === undefined) throw new pulumi.RunError(needsConnection);
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

const needsConnection =
  "proveRestore connects to the restored database: give the snapshot a connection as well.";

function announcement({ kind, identifier, snapshot, requestedAt, expiresAt }: SnapshotIdentity): string {
  return isFromBefore(requestedAt)
    ? `The snapshot ${snapshot}, asked for at ${requestedAt}, is reused for this run.`
    : `The snapshot ${snapshot} of the ${kind} ${identifier} will be taken before the run and kept until ${expiresAt}.`;
}

function existing<Value>(value: Value | undefined, snapshot: RdsSnapshot): Value {
  if (value !== undefined) return value;
  throw new pulumi.ResourceError(
    "There is nothing to restore yet, because no snapshot was taken. Take a snapshot first.",
    snapshot,
    true,
  );
}
