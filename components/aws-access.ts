import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess } from "../engine/index.ts";

/**
 * How AWS is reached: as given, else as the AWS provider of the component is configured. An explicit provider tells
 * its region and its profile; the default one, all of its configuration.
 */
export function awsAccess(
  component: pulumi.Resource,
  given: pulumi.Input<AwsAccess> | undefined,
): pulumi.Output<AwsAccess> {
  if (given !== undefined) return pulumi.output(given);
  const provider = component.getProvider("aws:rds/snapshot:Snapshot");
  if (provider === undefined) return pulumi.output(configuredAccess());
  const { region, profile } = provider as { region?: pulumi.Input<string>; profile?: pulumi.Input<string> };
  return pulumi.output({ region, profile });
}

function configuredAccess(): AwsAccess {
  const aws = new pulumi.Config("aws");
  const assumeRole = aws.getObject<AssumeRole>("assumeRole");
  const assumeRoles = aws.getObject<AssumeRole[]>("assumeRoles") ?? (assumeRole ? [assumeRole] : []);
  const endpoints = Object.assign(
    {},
    ...(aws.getObject<object[]>("endpoints") ?? []),
  ) as AwsAccess["endpoints"];
  return {
    region: aws.get("region"),
    profile: aws.get("profile"),
    assumeRoles: assumeRoles.flatMap(({ roleArn, externalId, sessionName }) =>
      roleArn === undefined ? [] : [{ roleArn, externalId, sessionName }],
    ),
    endpoints,
  };
}

interface AssumeRole {
  roleArn?: string;
  externalId?: string;
  sessionName?: string;
}
