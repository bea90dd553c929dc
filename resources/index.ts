import type * as pulumi from "@pulumi/pulumi";
import { backupIdentityProvider } from "./backup-identity.ts";
import { commandAttemptProvider } from "./command-attempt.ts";
import { commandRunProvider } from "./command-run.ts";
import { databaseCopyProvider } from "./database-copy.ts";
import type { Noun, Properties } from "./dynamic-provider.ts";
import { existingBackupProvider } from "./existing-backup.ts";
import { logicalBackupProvider } from "./logical-backup.ts";
import { migrationRunProvider } from "./migration-run.ts";
import { preflightProvider } from "./preflight.ts";
import type { CheckedInputs, Provider } from "./provider.ts";
import { rdsRestoreProofProvider } from "./rds-restore-proof.ts";
import { rdsSnapshotProvider } from "./rds-snapshot.ts";
import { rdsSnapshotRetentionProvider } from "./rds-snapshot-retention.ts";
import { restorePointProvider } from "./restore-point.ts";
import { verificationProvider } from "./verification.ts";
import { watchProvider } from "./watch.ts";

/** The engine passes to a provider the inputs that its resource was given, and the outputs that it returned itself. */
const providers: Record<Noun, Provider<object, object>> = {
  "backup-identity": backupIdentityProvider,
  "command-attempt": commandAttemptProvider,
  "command-run": commandRunProvider,
  "database-copy": databaseCopyProvider,
  "existing-backup": existingBackupProvider,
  "logical-backup": logicalBackupProvider,
  "migration-run": migrationRunProvider,
  preflight: preflightProvider,
  "rds-restore-proof": rdsRestoreProofProvider,
  "rds-snapshot": rdsSnapshotProvider,
  "rds-snapshot-retention": rdsSnapshotRetentionProvider,
  "restore-point": restorePointProvider,
  verification: verificationProvider,
  watch: watchProvider,
};

/** A provider with every method that the stored shim calls. */
export interface CompleteProvider {
  check: (news: Properties, olds: Properties) => Promise<CheckedInputs<Properties> & { inputs: Properties }>;
  diff: (
    olds: Properties,
    news: Properties,
  ) => pulumi.dynamic.DiffResult | Promise<pulumi.dynamic.DiffResult>;
  create: (inputs: Properties, olds?: Properties) => Promise<{ id: string; outs: Properties }>;
  read: (outs: Properties) => Promise<Properties>;
  farewell: (outs: Properties) => Promise<void>;
}

/** The provider behind a noun. The code in users' state calls it: name and parameter must not change. */
export function providerOf(noun: Noun): CompleteProvider {
  const provider = providers[noun];
  return {
    async check(news, olds) {
      const { inputs = news, failure } = (await provider.check?.(news, olds)) ?? {};
      return { inputs: plain(inputs), failure };
    },
    diff: (olds, news) => (isDone(olds, news) ? { changes: false } : provider.diff(olds, news)),
    async create(inputs, olds = {}) {
      const { id, outs } = await provider.create(inputs, olds);
      return { id, outs: plain({ ...outs, deployment: inputs["deployment"] }) };
    },
    read: async (outs) => (provider.read === undefined ? outs : plain(await provider.read(outs))),
    farewell: async (outs) => provider.farewell?.(outs),
  };
}

/**
 * True if the work of these inputs was done. A refresh compares the last outputs with the last inputs, in which
 * something was pending; a later deployment has another name.
 */
function isDone(olds: Properties, news: Properties): boolean {
  const { deployment } = news;
  return typeof deployment === "string" && deployment === olds["deployment"] && olds["isStale"] !== true;
}

/** The engine's wire format has no undefined. */
function plain(properties: object): Properties {
  return JSON.parse(JSON.stringify(properties)) as Properties;
}
