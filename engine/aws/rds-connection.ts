import type { RDSClient } from "@aws-sdk/client-rds";
import type { Rds } from "./rds-access.ts";

/** The parts of a connection to RDS: the SDK's client, and its package. */
export class RdsConnection implements Rds {
  readonly client: RDSClient;
  readonly sdk: typeof import("@aws-sdk/client-rds");
  readonly region: string;

  constructor(client: RDSClient, sdk: RdsConnection["sdk"], region: string) {
    this.client = client;
    this.sdk = sdk;
    this.region = region;
  }
}

/** The SDK's side of a connection. Its types must not occur in declarations that users compile. */
export function connectionOf(rds: Rds): RdsConnection {
  if (rds instanceof RdsConnection) return rds;
  throw new TypeError("This connection to RDS was not made by withRds.");
}
