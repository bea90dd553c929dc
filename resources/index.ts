import { backupIdentityProvider } from "./backup-identity.ts";
import { commandAttemptProvider } from "./command-attempt.ts";
import { commandRunProvider } from "./command-run.ts";
import { databaseCopyProvider } from "./database-copy.ts";
import type { CheckedInputs, Noun, Properties, Provider } from "./dynamic-provider.ts";
import { existingBackupProvider } from "./existing-backup.ts";
import { logicalBackupProvider } from "./logical-backup.ts";
import { migrationRunProvider } from "./migration-run.ts";
import { preflightProvider } from "./preflight.ts";
import { rdsRestoreProofProvider } from "./rds-restore-proof.ts";
import { rdsSnapshotProvider } from "./rds-snapshot.ts";
import { rdsSnapshotRetentionProvider } from "./rds-snapshot-retention.ts";
import { restorePointProvider } from "./restore-point.ts";
import { verificationProvider } from "./verification.ts";
import { watchProvider } from "./watch.ts";

const providers: Record<Noun, Provider> = {
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

/** A provider with everything that the stored shim calls. */
export type CompleteProvider = Provider & {
  check: (
    news: Properties,
    olds: Properties,
  ) => Promise<Required<Pick<CheckedInputs, "inputs">> & CheckedInputs>;
  read: (outs: Properties) => Promise<Properties>;
  farewell: (outs: Properties) => Promise<void>;
};

/** The provider behind a noun. Called by what is stored in users' state: name and parameter stay as they are. */
export function providerOf(noun: Noun): CompleteProvider {
  const { check, diff, create, read, farewell } = providers[noun];
  return {
    async check(news, olds) {
      const { inputs = news, failure } = (await check?.(news, olds)) ?? {};
      return { inputs: plain(inputs), failure };
    },
    diff: (olds, news) => (isDone(olds, news) ? { changes: false } : diff(olds, news)),
    async create(inputs, olds) {
      const { id, outs } = await create(inputs, olds);
      return { id, outs: plain({ ...outs, deployment: inputs["deployment"] }) };
    },
    read: async (outs) => (read === undefined ? outs : plain(await read(outs))),
    farewell: async (outs) => farewell?.(outs),
  };
}

/**
 * Whether the work of these inputs was done. A refresh compares the last outputs with the last inputs, in which something
 * was pending; a later deployment bears another name.
 */
function isDone(olds: Properties, news: Properties): boolean {
  const { deployment } = news;
  return typeof deployment === "string" && deployment === olds["deployment"] && olds["isStale"] !== true;
}

/** The engine's wire format has no undefined. */
function plain(properties: Properties): Properties {
  return JSON.parse(JSON.stringify(properties)) as Properties;
}
