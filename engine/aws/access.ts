/** How AWS is reached: what the AWS provider of the stack is configured with. Holds no secret. */
export interface AwsAccess {
  /** The region. Default: that of the environment or the profile. */
  region?: string | undefined;
  /** A profile of the shared configuration files. Default: the credentials of the environment. */
  profile?: string | undefined;
  /** Roles to assume, one after the other. Default: none. */
  assumeRoles?: readonly AssumedRole[] | undefined;
  /** Address of an API that stands in for AWS's, by service. Default: AWS's own. */
  endpoints?: { rds?: string; s3?: string; cloudwatch?: string; sts?: string } | undefined;
}

/** A role to assume. */
export interface AssumedRole {
  roleArn: string;
  externalId?: string | undefined;
  sessionName?: string | undefined;
}

/** A service of AWS that is used here. */
export type AwsService = keyof NonNullable<AwsAccess["endpoints"]>;
