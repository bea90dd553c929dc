import type { Aws } from "../aws.ts";
import type { Interception } from "../interception.ts";

/** A quota of an account, by AWS's name for it. */
export type AccountQuota =
  "AllocatedStorage" | "DBClusters" | "DBInstances" | "ManualClusterSnapshots" | "ManualSnapshots";

/** The size of a quota, and its used part. */
export interface QuotaUse {
  used?: number;
  max?: number;
}

const limits: Record<AccountQuota, number> = {
  AllocatedStorage: 100_000,
  DBClusters: 40,
  DBInstances: 40,
  ManualClusterSnapshots: 100,
  ManualSnapshots: 100,
};

/** Answers DescribeAccountAttributes, which moto lacks. Default: AWS's usual quotas, with nothing used. */
export function answerAccountQuotas(
  aws: Pick<Aws, "intercept">,
  quotas: Partial<Record<AccountQuota, QuotaUse>> = {},
): Interception {
  const elements = Object.entries(limits).map(([name, limit]) => {
    const { used = 0, max = limit } = quotas[name as AccountQuota] ?? {};
    const fields = `<AccountQuotaName>${name}</AccountQuotaName><Used>${used}</Used><Max>${max}</Max>`;
    return `<AccountQuota>${fields}</AccountQuota>`;
  });
  const answer =
    '<DescribeAccountAttributesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">' +
    `<DescribeAccountAttributesResult><AccountQuotas>${elements.join("")}</AccountQuotas>` +
    "</DescribeAccountAttributesResult></DescribeAccountAttributesResponse>";
  return aws.intercept({ action: "DescribeAccountAttributes" }, { answer });
}
