import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup, Connection, RdsSource } from "../engine/index.ts";
import { type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown, isDue, lookedAt } from "./due.ts";
import { proveBackup } from "./proven-backups.ts";

/** The location of a backup that was made elsewhere. */
export type BackupLocation =
  { rdsSnapshot: string; source: RdsSource } | { logicalBackup: string } | { databaseCopy: string };

/** Inputs of the existing backup resource. */
export interface ExistingBackupInputs {
  location: BackupLocation;
  access: AwsAccess;
  /** The database that it must be of; required for archives and copies. */
  connection: Connection | undefined;
  maxAgeMinutes: number;
  /** Folder of pg_restore. */
  programs: string | undefined;
  /** Names of the pending migrations that need it. If there are none, it is not inspected. */
  pending: string[] | undefined;
}

/** A backup that was made elsewhere, verified before it is relied on. */
export class ExistingBackupResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup | undefined>;

  constructor(name: string, inputs: Unresolved<ExistingBackupInputs>, opts: pulumi.CustomResourceOptions) {
    super("existing-backup", name, {
      inputs,
      outputs: ["backup"],
      opts,
    });
  }
}

/** The backup that was found, and its location. */
interface ExistingBackupOutputs {
  backup: Backup | undefined;
  location: BackupLocation;
}

/** Serves `ExistingBackupResource`. */
export const existingBackupProvider: Provider<ExistingBackupInputs, ExistingBackupOutputs> = {
  async check(news, olds) {
    if (!isDue(olds, news, "location") || areUnknown(news)) return {};
    return lookedAt(async () => {
      await find(news);
      return {};
    });
  },

  diff: (olds, news) => ({ changes: isDue(olds, news, "location") }),

  async create(inputs, olds) {
    const { location } = inputs;
    const backup = isDue(olds, inputs, "location") ? proveBackup(await find(inputs)) : olds.backup;
    return { id: "existing-backup", outs: { location, backup } };
  },
};

async function find({
  location,
  access,
  maxAgeMinutes,
  connection,
  programs,
}: ExistingBackupInputs): Promise<Backup> {
  const { findDatabaseCopy, findLogicalBackup, findSnapshot } = await import("../engine/index.ts");
  if ("rdsSnapshot" in location)
    return findSnapshot({ access, source: location.source, snapshot: location.rdsSnapshot, maxAgeMinutes });
  if (connection === undefined)
    throw new Error("An archive or a copy can only be inspected with a connection: set connection.");
  if ("databaseCopy" in location)
    return findDatabaseCopy({ connection, copy: location.databaseCopy, maxAgeMinutes });
  return findLogicalBackup({
    location: location.logicalBackup,
    connection,
    maxAgeMinutes,
    aws: access,
    programs,
  });
}
