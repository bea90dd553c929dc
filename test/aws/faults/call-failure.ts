import type { Aws } from "../aws.ts";
import type { CallFilter, Interception } from "../interception.ts";

/** Refuses calls because there are too many, as AWS does with `Throttling`. */
export function throttle(aws: Aws, filter: CallFilter = {}): Interception {
  return aws.intercept(filter, { error: { code: "Throttling", message: "Rate exceeded" } });
}

/** Lets credentials expire, at once or after some calls of the filter. */
export function expireCredentials(
  aws: Aws,
  { afterCalls = 0, ...filter }: Omit<CallFilter, "times" | "when"> & { afterCalls?: number } = {},
): Interception {
  let calls = 0;
  return aws.intercept(
    { ...filter, when: () => ++calls > afterCalls },
    {
      error: {
        code: "ExpiredToken",
        message: "The security token included in the request is expired",
        status: 403,
      },
    },
  );
}

/** Refuses calls for missing permissions. */
export function denyAccess(aws: Aws, filter: CallFilter): Interception {
  const action = [filter.action ?? "*"].flat().join(", ");
  const user = `arn:aws:iam::${aws.accountId}:user/deployer`;
  return aws.intercept(filter, {
    error: {
      code: "AccessDenied",
      message:
        `User: ${user} is not authorized to perform: rds:${action} because no identity-based policy allows the ` +
        `rds:${action} action`,
      status: 403,
    },
  });
}

/** Makes AWS fail internally; clients repeat such calls. */
export function failInternally(aws: Aws, filter: CallFilter): Interception {
  const message = "An internal error has occurred. Please try your query again at a later time.";
  return aws.intercept(filter, { error: { code: "InternalFailure", message, status: 500 } });
}

/** Refuses new snapshots because the account has reached its quota. */
export function exceedSnapshotQuota(aws: Aws, filter: Omit<CallFilter, "action"> = {}): Interception {
  return aws.intercept(
    { ...filter, action: ["CreateDBSnapshot", "CreateDBClusterSnapshot"] },
    { error: { code: "SnapshotQuotaExceeded", message: "Cannot create more than 100 manual snapshots" } },
  );
}
