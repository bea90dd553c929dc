import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import {
  type BackupOccasion,
  type Check,
  type CheckResult,
  pendingReport,
  type Plan,
  preflight,
  planOfNewDatabase,
  type PreflightRequest,
  type PreflightResult,
  type FilesMode,
  type FolderRequest,
  type PlanOptions,
  readChecks,
  readCommandFolder,
  type RollbackLoss,
  type SegmentedMigration,
  stepInWords,
  supposedPreflight,
} from "../engine/index.ts";
import { isMocked, orUnderMocks } from "../resources/mocks.ts";
import { PreflightResource } from "../resources/preflight.ts";
import { type ChecksInput, checksHere, checksSchema } from "./checks-here.ts";
import { type ConnectionArgs, requiredConnection, secretConnection } from "./connection.ts";
import { flag, optionsOf, requiredText, requireOptions, type Schemas } from "./given-options.ts";
import { deployed } from "./deployed.ts";
import { type PlanArgs, planOptionsOf, planSchemas } from "./plan-args.ts";
import { say } from "./say.ts";
import { tokenOf } from "./token.ts";
import { toldOn } from "./told-on.ts";

/** Arguments of `Preflight`. */
export interface PreflightArgs extends PlanArgs {
  /** The database to migrate. A change re-runs the preflight if something is pending there. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The folder of migrations; a relative path starts at the program's folder. */
  migrations: pulumi.Input<string>;
  /** Checks to evaluate before the run. Default: none. */
  checks?: ChecksInput | undefined;
  /**
   * For a tool whose folder this package cannot read: any change of the folder's files is pending. `always`, or
   * `unless-known` for a folder in no known format. Default: never.
   */
  files?: FilesMode | undefined;
  /** True to create a database that does not exist. Default: false; it is an error. */
  createDatabase?: pulumi.Input<boolean> | undefined;
  /** True if the database will be copied before the run: then the role's right to do so is verified. Default: false. */
  copiesDatabase?: pulumi.Input<boolean> | undefined;
}

/** Schemas of these options. @internal */
export const preflightSchemas: Schemas<PreflightArgs> = {
  ...planSchemas,
  connection: requiredConnection,
  migrations: requiredText,
  checks: checksSchema.optional(),
  files: z.enum(["always", "unless-known"]).optional(),
  ...{ createDatabase: flag, copiesDatabase: flag },
};

const argsSchema = optionsOf(preflightSchemas);

/**
 * Confirms that a run can start: the database answers, server and role are fit, the plan is sound. The program connects
 * once for it, in preview and in up, and the rest of the pipeline uses the findings. If something is pending, the
 * resource inspects once more, immediately before the backup.
 */
export class Preflight extends pulumi.ComponentResource {
  /** The way to read the folder. */
  readonly folder: pulumi.Output<FolderRequest>;
  /** The options about folder and ledger. */
  readonly planOptions: pulumi.Output<PlanOptions>;
  /** The difference between folder and ledger. */
  readonly plan: pulumi.Output<Plan>;
  /** SHA-256 of the folder: its migrations, their order and their scripts. */
  readonly digest: pulumi.Output<string>;
  /** The database that was inspected, as messages name it: `app at db.example:5432`. */
  readonly place: pulumi.Output<string>;
  /** The steps of a run: the names of the pending migrations, and of those rolled back or declared. */
  readonly pending: pulumi.Output<string[]>;
  /** The occasion of a backup. */
  readonly occasion: pulumi.Output<BackupOccasion>;
  /** The statements of each rollback, and the data that they lose. */
  readonly losses: pulumi.Output<RollbackLoss[]>;
  /** The pending migrations that cannot be one transaction. */
  readonly segmented: pulumi.Output<SegmentedMigration[]>;
  /** The results of the checks before the run. */
  readonly checkResults: pulumi.Output<CheckResult[]>;
  /** The server's version when the preflight last ran, such as `18.4`. */
  readonly serverVersion: pulumi.Output<string>;

  constructor(name: string, args: PreflightArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`Preflight ${name}`, argsSchema, args);
    super(tokenOf("Preflight"), name, {}, opts);
    const connection = secretConnection(args.connection);
    const createDatabase = pulumi.output(args.createDatabase ?? false);
    const copiesDatabase = pulumi.output(args.copiesDatabase ?? false);
    this.folder = pulumi.output({ dir: args.migrations, format: args.format, files: args.files });
    this.planOptions = planOptionsOf(args, args.files === undefined ? "package" : "tool");
    const asked = pulumi
      .all([
        connection,
        this.folder,
        this.planOptions,
        checksHere(this, args.checks),
        createDatabase,
        copiesDatabase,
      ])
      .apply(([target, folder, planOptions, checks, creates, copies]) => ({
        ...{ connection: target, folder, planOptions, checks },
        ...{ createDatabase: creates, copiesDatabase: copies },
      }));
    const ready = pulumi.all([asked, deployed(opts?.dependsOn)]);
    // The findings hold no secret, though the connection does.
    const found = pulumi.unsecret(ready.apply(([request]) => this.#look(request)));
    if (pulumi.runtime.isDryRun()) this.#announceNewDatabase(ready);
    this.plan = found.plan;
    this.digest = found.digest;
    this.place = found.place;
    this.occasion = found.occasion;
    this.checkResults = found.checks;
    this.pending = found.apply(({ plan }) => plan.steps.map(stepInWords));
    this.losses = found.losses;
    this.segmented = found.segmented;
    const resource = new PreflightResource(
      `${name}-probe`,
      {
        connection,
        folder: this.folder,
        planOptions: this.planOptions,
        createDatabase,
        copiesDatabase,
        pending: this.pending,
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.serverVersion = orUnderMocks(resource.serverVersion, "18.0");
    this.registerOutputs({ serverVersion: this.serverVersion });
  }

  #look(
    request: Omit<PreflightRequest, "folder" | "checks"> & { folder: FolderRequest; checks: Check[] },
  ): Promise<PreflightResult> {
    return toldOn(this, async () => {
      const checks = await readChecks(request.checks);
      if (isMocked())
        return supposedPreflight(await readCommandFolder(request.folder).catch(() => undefined), {
          planOptions: request.planOptions ?? {},
          checks,
        });
      const folder = await readCommandFolder(request.folder);
      const found = await preflight({ ...request, folder, checks });
      for (const warning of found.warnings) say(this, warning, "warn");
      if (!found.databaseExists && pulumi.runtime.isDryRun())
        say(this, `There is no database ${found.place}: it will be created.`);
      return found;
    });
  }

  /** A server that the same stack is about to create does not answer yet: then everything will be pending. */
  #announceNewDatabase(ready: pulumi.Output<unknown>): void {
    const known = pulumi.output((ready as unknown as { isKnown: Promise<boolean> }).isKnown);
    pulumi.all([known, this.folder, this.planOptions]).apply(async ([isKnown, folder, options]) => {
      if (isKnown) return;
      await toldOn(this, async () => {
        const { plan, warnings } = await planOfNewDatabase(await readCommandFolder(folder), options);
        for (const warning of warnings) say(this, warning, "warn");
        say(this, `${notKnownYet}\n${pendingReport(plan)}`);
      });
    });
  }
}

const notKnownYet =
  "The database cannot be inspected yet, because the deployment creates what it depends on; " +
  "planned for a new, empty database.";
