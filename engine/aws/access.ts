/** Access to AWS, as the stack's AWS provider is configured. Holds no secret. */
export interface AwsAccess {
  /** The region. Default: that of the environment or the profile. */
  region?: string | undefined;
  /** A profile of the shared configuration files. Default: the credentials of the environment. */
  profile?: string | undefined;
  /** Roles to assume, one after the other. Default: none. */
  assumeRoles?: readonly AssumedRole[] | undefined;
  /** Addresses of APIs that replace AWS's, by service. Default: AWS's own. */
  endpoints?: { rds?: string; s3?: string; cloudwatch?: string; sts?: string } | undefined;
}

export interface AssumedRole {
  roleArn: string;
  externalId?: string | undefined;
  sessionName?: string | undefined;
}

/** The AWS services that are used. */
export type AwsService = keyof NonNullable<AwsAccess["endpoints"]>;
