import * as pulumi from "@pulumi/pulumi";
import type { Check, Connection } from "../engine/index.ts";
import { dynamicProvider, isPending, type Properties, type Provider } from "./dynamic-provider.ts";
import { progressOf } from "./progress.ts";

/** Inputs of the verification resource. */
export interface VerificationInputs {
  connection: pulumi.Input<Connection>;
  checks: pulumi.Input<Check[]>;
  /**
   * Names of the migrations that are about to change the database: the checks run once more after them. Where
   * this is left out, nobody has looked at the database yet, and every diff does.
   */
  pending: pulumi.Input<string[]> | undefined;
  /** How a preflight has found the checks to stand. */
  standing: pulumi.Input<Standing> | undefined;
  /** The resource on whose row violations are shown. */
  progressUrn: pulumi.Input<string>;
}

/** How checks stand before anything is done. */
export interface Standing {
  /** Whether one does not hold: then they are evaluated anew, and fail the deployment in their place. */
  violated: boolean;
  /** Which, with offending rows. Given in a preview that has to fail, and so never kept in state. */
  report?: string;
}

/** The checks of a database, evaluated. */
export class VerificationResource extends pulumi.dynamic.Resource {
  /** Names of the checks that held when they were evaluated last. */
  declare readonly verified: pulumi.Output<string[]>;

  constructor(name: string, inputs: VerificationInputs, opts: pulumi.CustomResourceOptions) {
    super(
      dynamicProvider("verification"),
      name,
      { ...inputs, verified: undefined },
      opts,
      "pulumi-pg-migrations",
      "Verification",
    );
  }
}

/** What the resource does. */
export const verificationProvider: Provider = {
  check: (news) => ({ failure: standingOf(news)?.report }),

  async diff(olds, news) {
    if (JSON.stringify(olds["checks"]) !== JSON.stringify(news["checks"])) return { changes: true };
    if (news["pending"] !== undefined)
      return { changes: isPending(news) || standingOf(news)?.violated === true };
    const violations = await verify(news).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    if (violations !== undefined) progressOf(news["progressUrn"]).note(violations);
    return { changes: violations !== undefined };
  },

  create: async (inputs: Properties) => ({
    id: "verification",
    outs: { checks: inputs["checks"], verified: await verify(inputs) },
  }),
};

function standingOf(news: Properties): Standing | undefined {
  return news["standing"] as Standing | undefined;
}

/** Gives the names of the checks, all of which hold, or rejects with a report of those that do not. */
async function verify(inputs: Properties): Promise<string[]> {
  const { connect, lookLockTimeoutMs, readChecks, runChecks, verificationReport } =
    await import("../engine/index.ts");
  const checks = await readChecks(inputs["checks"] as unknown[]);
  const database = await connect(inputs["connection"] as Connection, { lockTimeoutMs: lookLockTimeoutMs });
  try {
    const results = await runChecks({ database, checks });
    const report = verificationReport(results);
    if (report !== undefined) throw new Error(database.redact(report));
    return results.map((result) => result.check);
  } finally {
    await database.close();
  }
}
