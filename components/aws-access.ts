import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { AwsAccess } from "../engine/index.ts";
import { input, optionsOf, type Schemas, text } from "./given-options.ts";

const accessSchemas: Schemas<AwsAccess> = {
  region: text,
  profile: text,
  assumeRoles: z
    .array(
      optionsOf({
        roleArn: z.string(),
        externalId: z.string().optional(),
        sessionName: z.string().optional(),
      } satisfies Schemas<NonNullable<AwsAccess["assumeRoles"]>[number]>),
    )
    .optional(),
  endpoints: optionsOf({
    ...{ rds: text, s3: text, cloudwatch: text, sts: text },
  } satisfies Schemas<NonNullable<AwsAccess["endpoints"]>>).optional(),
};

/** Schema of the access to AWS; it may be left out. @internal */
export const accessSchema = input(optionsOf(accessSchemas).optional());

/**
 * The access to AWS: as given, else as the component's AWS provider is configured. An explicit provider gives its
 * region and its profile; the default one, all of its configuration.
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
