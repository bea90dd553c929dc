import type { RDSClientConfig } from "@aws-sdk/client-rds";
import type { AwsAccess, AwsService } from "./access.ts";
import { AwsError } from "./aws-error.ts";

/** The type is the same for every client of the AWS SDK. */
type Credentials = NonNullable<RDSClientConfig["credentials"]>;

/** The configuration of every client of the AWS SDK. Rejects with an `AwsError` if a package is missing. */
export async function awsClientConfiguration(
  access: AwsAccess,
  service: AwsService,
): Promise<{
  region?: string;
  endpoint?: string;
  credentials?: Credentials;
}> {
  const endpoint = access.endpoints?.[service];
  const credentials = await credentialsOf(access);
  return {
    ...(access.region === undefined ? {} : { region: access.region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** Undefined leaves the choice to the SDK: environment, shared files, container or instance. */
async function credentialsOf({
  profile,
  assumeRoles = [],
  region,
  endpoints,
}: AwsAccess): Promise<Credentials | undefined> {
  if (profile === undefined && assumeRoles.length === 0) return undefined;
  const { fromNodeProviderChain, fromTemporaryCredentials } = await loadSdk(
    "@aws-sdk/credential-providers",
    () => import("@aws-sdk/credential-providers"),
  );
  let credentials = fromNodeProviderChain(profile === undefined ? {} : { profile });
  for (const { roleArn, externalId, sessionName = "pulumi-pg-migrations" } of assumeRoles)
    credentials = fromTemporaryCredentials({
      masterCredentials: credentials,
      params: {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      },
      clientConfig: {
        requestHandler: { requestTimeout: 10_000, throwOnRequestTimeout: true, connectionTimeout: 5000 },
        ...(region === undefined ? {} : { region }),
        ...(endpoints?.sts === undefined ? {} : { endpoint: endpoints.sts }),
      },
    });
  return credentials;
}

/** Loads a package of the AWS SDK, which only users of AWS need to install. */
export async function loadSdk<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new AwsError(
      "AWS_SDK_MISSING",
      `The package ${name} is needed for backups at AWS and is not installed. Run \`npm install ${name}\`.`,
      { cause },
    );
  }
}
