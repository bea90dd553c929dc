import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup, Connection, RdsSource } from "../engine/index.ts";
import { type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import { areUnknown, isDue, lookedAt } from "./due.ts";
import { proveBackup } from "./proven-backups.ts";

/** Where a backup is that was made elsewhere. */
export type BackupLocation =
  { rdsSnapshot: string; source: RdsSource } | { logicalBackup: string } | { databaseCopy: string };

/** Inputs of the existing backup resource. */
export interface ExistingBackupInputs {
  location: pulumi.Input<BackupLocation>;
  access: pulumi.Input<AwsAccess>;
  /** The database that it has to be of; needed for archives and copies. */
  connection: pulumi.Input<Connection> | undefined;
  maxAgeMinutes: pulumi.Input<number>;
  /** Folder of pg_restore. */
  programs: pulumi.Input<string> | undefined;
  /** Names of the pending migrations that it has to be there for; where there are none, it is not looked at. */
  pending: pulumi.Input<string[]> | undefined;
}

/** A backup that was made elsewhere, verified before it is relied on. */
export class ExistingBackupResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup | undefined>;

  constructor(name: string, inputs: ExistingBackupInputs, opts: pulumi.CustomResourceOptions) {
    super("existing-backup", name, {
      inputs,
      outputs: ["backup"],
      opts,
    });
  }
}

/** What the resource does. */
export const existingBackupProvider: Provider = {
  async check(news, olds) {
    if (!isDue(olds, news, "location") || areUnknown(news)) return {};
    return lookedAt(async () => {
      await find(news);
      return {};
    });
  },

  diff: (olds, news) => ({ changes: isDue(olds, news, "location") }),

  async create(inputs: Properties, olds: Properties = {}) {
    const { location } = inputs;
    const backup = isDue(olds, inputs, "location") ? proveBackup(await find(inputs)) : olds["backup"];
    return { id: "existing-backup", outs: { location, backup } };
  },
};

async function find(inputs: Properties): Promise<Backup> {
  const { findDatabaseCopy, findLogicalBackup, findSnapshot } = await import("../engine/index.ts");
  const location = inputs["location"] as BackupLocation;
  const access = inputs["access"] as AwsAccess;
  const maxAgeMinutes = inputs["maxAgeMinutes"] as number;
  const connection = inputs["connection"] as Connection;
  if ("rdsSnapshot" in location)
    return findSnapshot({ access, source: location.source, snapshot: location.rdsSnapshot, maxAgeMinutes });
  if ("databaseCopy" in location)
    return findDatabaseCopy({ connection, copy: location.databaseCopy, maxAgeMinutes });
  return findLogicalBackup({
    location: location.logicalBackup,
    connection,
    maxAgeMinutes,
    aws: access,
    programs: inputs["programs"] as string | undefined,
  });
}
