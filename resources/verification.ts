import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { Backup, Check, CheckTime, Connection, WayBack } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";
import { reportedError } from "./reported-error.ts";

/** Inputs of the verification resource. */
export interface VerificationInputs {
  connection: Connection;
  checks: Check[];
  /**
   * Names of the migrations that are about to change the database: the checks run once more after them. If omitted,
   * nothing has inspected the database yet, and every diff does.
   */
  pending: string[] | undefined;
  /** The applied folder: checks that are evaluated after a run are evaluated after each. */
  digest: string | undefined;
  /** The backups that were taken before the run. */
  backups: Backup[] | undefined;
  /** The reason for no backup, if that was chosen. */
  noBackupReason: string | undefined;
  /** The results of the checks in a preflight. */
  standing: Standing | undefined;
  /** The resource on whose row violations are shown. */
  progressUrn: string;
}

/** The results of checks before anything is done. */
export interface Standing {
  /** True if one failed: then they are evaluated again, and fail the deployment in their place. */
  violated: boolean;
  /** The failed checks, with offending rows. Given in a preview that must fail, and so never kept in state. */
  report?: string;
}

/** The checks of a database, evaluated. */
export class VerificationResource extends PackageResource {
  /** Names of the checks that held when they were evaluated last. */
  declare readonly verified: pulumi.Output<string[]>;
  /** When they were evaluated last, ISO 8601. */
  declare readonly verifiedAt: pulumi.Output<string>;
  /** True if a refresh has detected since that one of them failed. */
  declare readonly isStale: pulumi.Output<boolean | undefined>;
  /** The last deployment in which it had work. */
  declare readonly deployment: pulumi.Output<string | undefined>;

  constructor(name: string, inputs: Unresolved<VerificationInputs>, opts: pulumi.CustomResourceOptions) {
    super("verification", name, {
      inputs,
      outputs: ["verified", "isStale", "verifiedAt"],
      opts: pulumi.mergeOptions(opts, {
        // The connection with which refresh evaluates the checks, because it receives only outputs.
        additionalSecretOutputs: ["connection"],
      }),
    });
  }
}

/** The findings, and the data that refresh and destroy need, because they receive only outputs. */
interface VerificationOutputs {
  connection: Connection;
  progressUrn: string;
  /** The backups of the last run that had any. */
  backups: readonly Backup[];
  checks: Check[];
  digest: string | undefined;
  verified: readonly string[];
  verifiedAt: string;
  isStale?: boolean | undefined;
}

/** Serves `VerificationResource`. */
export const verificationProvider: Provider<VerificationInputs, VerificationOutputs> = {
  check: (news) => ({ failure: news.standing?.report }),

  async diff(olds, news) {
    // A refresh receives only state, so state must lead to the database that is current.
    for (const input of ["checks", "connection", "progressUrn"] as const)
      if (!isDeepStrictEqual(olds[input], news[input])) return { changes: true };
    if (olds.digest !== news.digest || olds.isStale === true) return { changes: true };
    if (news.pending !== undefined) return { changes: isPending(news) || news.standing?.violated === true };
    const violations = await verify(news, "standing").then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    if (violations !== undefined) progressOf(news.progressUrn).note(violations);
    return { changes: violations !== undefined };
  },

  create: async ({ backups = [], ...inputs }, olds) => ({
    id: "verification",
    outs: {
      ...{ connection: inputs.connection, progressUrn: inputs.progressUrn },
      // The backups of the last run that had any: destroy reports that they stay.
      backups: backups.length > 0 ? backups : (olds.backups ?? []),
      ...{ checks: inputs.checks, digest: inputs.digest },
      verified: await verify({ ...inputs, backups }, "standing", "after"),
      verifiedAt: new Date().toISOString(),
    },
  }),

  async read(outs) {
    // Outputs that an earlier version left in state.
    const { connection, checks = [], progressUrn, verified: held = [] } = outs;
    if (connection === undefined) return outs;
    const progress = progressOf(progressUrn);
    try {
      const { report, failing } = await evaluate({ connection, checks, progressUrn }, ["standing"]);
      if (report === undefined) return outs;
      progress.note(report);
      const verified = held.filter((name) => !failing.includes(name));
      return { ...outs, verified, isStale: true };
    } catch (error) {
      // A server that is gone must not prevent a refresh.
      progress.note(`The checks were not evaluated: ${(error as Error).message}`);
      return outs;
    }
  },

  async farewell(outs) {
    const { backups = [], progressUrn } = outs;
    if (backups.length === 0) return;
    const { keptBackupsReport } = await import("../engine/index.ts");
    progressOf(progressUrn).note(keptBackupsReport(backups));
  },
};

/** Returns the names of the checks if all hold; otherwise rejects with a report of the failed ones. */
async function verify(inputs: VerificationInputs, ...times: readonly CheckTime[]): Promise<string[]> {
  const { backups = [], noBackupReason } = inputs;
  const isAfterRun = times.includes("after") && isPending(inputs);
  const wayBack = isAfterRun ? { backups, noBackupReason } : undefined;
  const { report, holding } = await evaluate(inputs, times, wayBack);
  if (report === undefined) return holding;
  throw reportedError(report);
}

/** Returns the names of the checks that hold and of those that failed, with a report if a failed one must hold. */
async function evaluate(
  inputs: Pick<VerificationInputs, "checks" | "connection"> & { progressUrn: string | undefined },
  times: readonly CheckTime[],
  wayBack?: WayBack,
): Promise<{ holding: string[]; failing: string[]; report: string | undefined }> {
  const engine = await import("../engine/index.ts");
  const { checksAt, connect, lookLockTimeoutMs, looksOnly, readChecks, runChecks } = engine;
  const checks = checksAt(await readChecks(inputs.checks), ...times);
  const settings = engine.checksThatWrite(checks).length > 0 ? { seesAllRows: true } : looksOnly;
  const database = await connect(inputs.connection, {
    ...settings,
    lockTimeoutMs: lookLockTimeoutMs,
  });
  try {
    const results = await runChecks({ database, checks });
    const warnings = engine.checkWarnings(results);
    if (warnings !== undefined) progressOf(inputs.progressUrn).note(warnings);
    const report = engine.verificationReport(results);
    const back = wayBack === undefined ? "" : engine.wayBackReport(wayBack);
    return {
      holding: results.filter(({ outcome }) => outcome === "holds").map(({ check }) => check),
      failing: results.filter(({ outcome }) => outcome !== "holds").map(({ check }) => check),
      report: report === undefined ? undefined : `${report}${back}`,
    };
  } finally {
    await database.close();
  }
}
