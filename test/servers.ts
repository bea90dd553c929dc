import { compileCache } from "../scripts/compile-cache.ts";
import * as moto from "./aws/moto-server.ts";
import * as postgres from "./postgres-server.ts";

/** Starts the servers of a test run: PostgreSQL and moto, the AWS API. Their addresses are in the environment. */
export async function globalSetup(): Promise<void> {
  process.env["NODE_COMPILE_CACHE"] ??= compileCache;
  await Promise.all([postgres.globalSetup(), moto.globalSetup()]);
}

/** Stops the servers. */
export async function globalTeardown(): Promise<void> {
  await Promise.all([postgres.globalTeardown(), moto.globalTeardown()]);
}
