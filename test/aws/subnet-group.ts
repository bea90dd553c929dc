import { CreateDBSubnetGroupCommand } from "@aws-sdk/client-rds";
import type { Aws } from "./aws.ts";

/** Creates a subnet group of the subnets that every new account has. */
export async function createSubnetGroup(aws: Aws, name: string): Promise<void> {
  await aws.rds.send(
    new CreateDBSubnetGroupCommand({
      DBSubnetGroupName: name,
      DBSubnetGroupDescription: name,
      SubnetIds: await defaultSubnets(aws),
    }),
  );
}

/** Without the SDK, which has a separate package for EC2; moto does not check signatures. */
async function defaultSubnets({ endpoint, region, credentials }: Aws): Promise<string[]> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/ec2/aws4_request`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Action: "DescribeSubnets", Version: "2016-11-15" }),
  });
  const found = (await response.text()).matchAll(/<subnetId>([^<]+)/g);
  return Array.from(found, ([, id = ""]) => id);
}
