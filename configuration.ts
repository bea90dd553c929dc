import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { backup, flag } from "./backup-configuration.ts";
import {
  type Check,
  connectionFromUrl,
  type DatabaseMigrationArgs,
  folderFormats,
} from "./components/index.ts";

const milliseconds = z.coerce.number().int().nonnegative().optional();

/** Pulumi requires a key without a default, so an empty text is the default. */
const text = z
  .string()
  .optional()
  .transform((value) => (value === "" ? undefined : value));

const policies = ["ignore", "warn", "refuse"] as const;

function chosen<Choice extends string>(choices: readonly Choice[]) {
  return z.union([z.literal("").transform(() => undefined), z.enum(choices)]).optional();
}

const connection = z.strictObject({
  host: z.string().optional(),
  port: z.coerce.number().int().min(1).max(65535).optional(),
  database: z.string().optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  passwordVariable: z.string().optional(),
  url: z.string().optional(),
  urlVariable: z.string().optional(),
  schema: z.string().optional(),
  tls: z.enum(["disable", "require", "verify-ca", "verify-full"]).optional(),
  tlsCa: z.string().optional(),
  tlsCaFile: z.string().optional(),
  tlsServerName: z.string().optional(),
  connectTimeoutSeconds: z.coerce.number().nonnegative().optional(),
  options: z.string().optional(),
});

const commandOptions = z.strictObject({
  command: z.string().min(1),
  environment: z.record(z.string(), z.string()).optional(),
  directory: z.string().optional(),
  urlVariable: z.string().optional(),
  format: z.enum([...folderFormats, "files"]).optional(),
});

/** The keys of Pulumi.<stack>.yaml; each is explained in Pulumi.yaml. */
const configuration = z.strictObject({
  connection,
  migrations: z.string().min(1),
  backup,
  // The engine reads the kinds, and names the check that is wrong.
  checks: z.array(z.unknown()).default([]),
  checkFiles: text,
  // Pulumi requires a key without a default.
  command: z.union([z.literal("").transform(() => undefined), z.string(), commandOptions]).optional(),
  createDatabase: flag.default(false),
  lockTimeoutMs: milliseconds,
  lockRetryMs: milliseconds,
  statementTimeoutMs: milliseconds,
  runLockWaitMs: milliseconds,
  terminateIdleAfterMs: z.union([z.literal("").transform(() => undefined), milliseconds]),
  idleInTransactionTimeoutMs: milliseconds,
  maintenanceWorkMem: text,
  applicationName: text,
  showDetails: flag.default(true),
  reconnectMs: milliseconds,
  silenceMs: milliseconds,
  analyze: flag.default(true),
  format: chosen(folderFormats),
  edited: chosen(policies),
  outOfOrder: chosen(policies),
  missing: chosen(policies),
  portable: chosen(policies),
  resolve: z
    .record(z.string(), z.enum(["applied", "rolled-back"]))
    .optional()
    .transform((value) => (Object.keys(value ?? {}).length === 0 ? undefined : value)),
  baseline: text,
  target: text,
  nonTransactional: chosen(["resume", "refuse"]),
});

/** Reads the stack's configuration. Throws a `RunError` that names every missing, unknown or wrong key. */
export function readConfiguration(): DatabaseMigrationArgs {
  const project = pulumi.getProject();
  const result = configuration.safeParse(configuredValues(project));
  if (!result.success) throw new pulumi.RunError(explain(result.error, project));
  const { connection: plainConnection, checks, ...others } = result.data;
  if (holdsPassword(plainConnection) && !secretKeys().includes(`${project}:connection`))
    throw new pulumi.RunError(passwordInClear(project));
  const ofRun = others.command === undefined ? {} : withoutValues(optionsOfRuns);
  return { ...others, ...ofRun, connection: pulumi.secret(plainConnection), checks: checks as Check[] };
}

/** Keys that have a default in Pulumi.yaml and no meaning for a tool of the team's own, which runs the migrations itself. */
const optionsOfRuns = [
  ...(["lockTimeoutMs", "lockRetryMs", "statementTimeoutMs", "terminateIdleAfterMs", "reconnectMs"] as const),
  ...(["idleInTransactionTimeoutMs", "maintenanceWorkMem", "showDetails", "applicationName"] as const),
  ...(["silenceMs", "analyze"] as const),
];

function withoutValues(keys: readonly string[]): Record<string, undefined> {
  return Object.fromEntries(keys.map((key) => [key, undefined]));
}

/** All keys of the project, secrets in clear: they are marked as secret again before anything else sees them. */
function configuredValues(project: string): Record<string, unknown> {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), structured(value)]),
  );
}

/** Structured values arrive as JSON; any other value is a plain string. */
function structured(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function holdsPassword({ password, url }: z.infer<typeof connection>): boolean {
  return password !== undefined || (url !== undefined && connectionFromUrl(url).password !== undefined);
}

/** The keys that contain a secret, as the engine reports them to the program. */
function secretKeys(): string[] {
  return JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
}

/** A password that is no secret in the configuration is no secret in the stack's state either. */
function passwordInClear(project: string): string {
  return (
    `The configuration of stack ${pulumi.getStack()} holds a password in clear, and so would the stack's state. ` +
    `Set it as a secret: pulumi config set --secret --path ${project}:connection.password (or .url); ` +
    `or keep it in an environment variable and name that: connection.passwordVariable (or .urlVariable). ` +
    `Nothing was done.`
  );
}

/** The known members, by their path in the configuration. */
const membersAt: Readonly<Record<string, object>> = {
  "": configuration.shape,
  connection: connection.shape,
  command: commandOptions.shape,
};

function explain(error: z.ZodError, project: string): string {
  const lines = error.issues.flatMap((issue) => {
    const path = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") return [`  ${project}:${path}: ${issue.message}`];
    const members = membersAt[path];
    const known = members === undefined ? "" : ` (known are ${Object.keys(members).join(", ")})`;
    return issue.keys.map(
      (key) => `  ${project}:${path === "" ? key : `${path}.${key}`}: unknown key${known}`,
    );
  });
  return `The configuration of stack ${pulumi.getStack()} cannot be used. Nothing was done:\n${lines.join("\n")}`;
}
