import * as z from "zod";
import type { BackupArgs, BackupMethodArgs } from "./components/index.ts";

/** A boolean; `pulumi config set` can write one as a string. */
export const flag = z.union([z.boolean(), z.stringbool()]);

const whole = z.coerce.number().int();
const minutes = z.coerce.number().nonnegative().optional();

const aws = z
  .strictObject({
    region: z.string().optional(),
    profile: z.string().optional(),
    assumeRoles: z
      .array(
        z.strictObject({
          roleArn: z.string(),
          externalId: z.string().optional(),
          sessionName: z.string().optional(),
        }),
      )
      .optional(),
    endpoints: z
      .strictObject({
        rds: z.string().optional(),
        s3: z.string().optional(),
        cloudwatch: z.string().optional(),
        sts: z.string().optional(),
      })
      .optional(),
  })
  .optional();

const requirements = z
  .strictObject({
    minBackupRetentionDays: whole.nonnegative().optional(),
    maxRestorableLagMinutes: minutes,
    encrypted: flag.optional(),
    minFreeStoragePercent: z.coerce.number().min(0).max(100).optional(),
  })
  .optional();

/** An instance or a cluster, and the options of either. */
function rdsSource<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.union([
    z.strictObject({ instance: z.string().min(1), ...shape }),
    z.strictObject({ cluster: z.string().min(1), ...shape }),
  ]);
}

const databaseCopy = z.strictObject({
  terminateSessions: flag.optional(),
  retain: whole.min(1).optional(),
  maintenanceDatabase: z.string().optional(),
});

const rdsSnapshot = rdsSource({
  retentionDays: whole.min(1).optional(),
  keepNewest: whole.min(1).optional(),
  reuseMinutes: minutes,
  timeoutMinutes: z.coerce.number().positive().optional(),
  requirements,
  proveRestore: flag.optional(),
  proveTimeoutMinutes: z.coerce.number().positive().optional(),
  aws,
  pollMs: whole.positive().optional(),
});

const pointInTimeRecovery = rdsSource({
  requirements,
  timeoutMinutes: z.coerce.number().positive().optional(),
  aws,
  pollMs: whole.positive().optional(),
});

/** A server for throw-away databases. The configuration names its password instead of holding it. */
const shadow = z
  .strictObject({
    host: z.string().optional(),
    port: whole.min(1).max(65_535).optional(),
    database: z.string().default("postgres"),
    user: z.string().optional(),
    passwordVariable: z.string().optional(),
    urlVariable: z.string().optional(),
    tls: z.enum(["disable", "require", "verify-ca", "verify-full"]).optional(),
    tlsCaFile: z.string().optional(),
  })
  .optional();

const logicalBackup = z.strictObject({
  target: z.union([
    z.strictObject({ directory: z.string().min(1) }),
    z.strictObject({
      bucket: z.string().min(1),
      prefix: z.string().optional(),
      stagingDirectory: z.string().optional(),
      serverSideEncryption: z.enum(["AES256", "aws:kms"]).optional(),
      kmsKeyId: z.string().optional(),
      aws,
    }),
  ]),
  format: z.enum(["custom", "directory"]).optional(),
  jobs: whole.min(1).optional(),
  compress: z.coerce.string().optional(),
  programs: z.string().optional(),
  lockTimeoutMs: whole.nonnegative().optional(),
  minFreeBytes: whole.nonnegative().optional(),
  retain: whole.min(1).optional(),
  retentionDays: z.coerce.number().positive().optional(),
  reuseMinutes: minutes,
  restore: z.enum(["when-small", "always", "never"]).optional(),
  restoreUpToBytes: whole.nonnegative().optional(),
  shadow,
  allowSuperuser: flag.optional(),
});

const found = {
  maxAgeMinutes: z.coerce.number().positive().optional(),
  programs: z.string().optional(),
  aws,
};

const existing = z.union([
  rdsSource({ rdsSnapshot: z.string().min(1), ...found }),
  z.strictObject({ logicalBackup: z.string().min(1), ...found }),
  z.strictObject({ databaseCopy: z.string().min(1), ...found }),
]);

const methods = { rdsSnapshot, pointInTimeRecovery, logicalBackup, databaseCopy, existing };

/** Reads one backup by its method's name, so that errors name that method's options. */
const method = z.unknown().transform((given, context): BackupMethodArgs => {
  const [name = "", ...more] = Object.keys(Object(given) as object);
  const options = Object.hasOwn(methods, name) ? methods[name as keyof typeof methods] : undefined;
  if (options === undefined || more.length > 0) {
    context.issues.push({ code: "custom", message: oneOfMethods, input: given });
    return z.NEVER;
  }
  const read = options.safeParse((given as Record<string, unknown>)[name] ?? {});
  if (read.success) return { [name]: read.data } as unknown as BackupMethodArgs;
  tell(context, read.error.issues, [name]);
  return z.NEVER;
});

const oneOfMethods =
  `must be one of ${Object.keys(methods).join(", ")}, with its options ({} if there are none); ` +
  `a list of these; or none: with the reason`;

const noBackup = z.strictObject({ none: z.string().min(1) });

/** The key `backup` of Pulumi.<stack>.yaml. */
export const backup = z.unknown().transform((given, context): BackupArgs => {
  const chosen = Array.isArray(given)
    ? z.array(method).min(1)
    : "none" in (Object(given) as object)
      ? noBackup
      : method;
  const read = chosen.safeParse(given);
  if (read.success) return read.data;
  tell(context, read.error.issues);
  return z.NEVER;
});

function tell(context: z.RefinementCtx, issues: z.core.$ZodIssue[], under: PropertyKey[] = []): void {
  for (const issue of nearest(issues))
    context.issues.push({
      ...issue,
      path: [...under, ...issue.path],
      input: undefined,
    });
}

/** If no alternative fits, the problems of the one that comes nearest. */
function nearest(issues: z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union") return [issue];
    const [fewest = []] = issue.errors.map(nearest).sort((a, b) => a.length - b.length);
    return fewest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  });
}
