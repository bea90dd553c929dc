import "./environment.ts";
import { compileCache } from "../scripts/compile-cache.ts";
import * as moto from "./aws/moto-server.ts";
import { keepFilesInMemory } from "./memory-folder.ts";
import * as postgres from "./postgres-server.ts";

let removeFiles: () => Promise<void>;

/** Starts the servers of a test run: PostgreSQL and moto, the AWS API. Their addresses are in the environment. */
export async function globalSetup(): Promise<void> {
  process.env["NODE_COMPILE_CACHE"] ??= compileCache;
  removeFiles = await keepFilesInMemory();
  await Promise.all([postgres.globalSetup(), moto.globalSetup()]);
}

/** Stops the servers. */
export async function globalTeardown(): Promise<void> {
  await Promise.all([postgres.globalTeardown(), moto.globalTeardown()]);
  await removeFiles();
}
