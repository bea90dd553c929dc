import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../../scripts/bundle.ts";
import * as servers from "../servers.ts";

let folder: string | undefined;

/**
 * Starts the servers and bundles the program and the package, which the many processes of these tests load faster than
 * the sources. It is in this repository, so that it finds packages, and this one by its name.
 */
export async function globalSetup(): Promise<void> {
  await servers.globalSetup();
  folder = await mkdtemp(join(import.meta.dirname, "../../.bundle-"));
  bundle(
    ["components/index.ts", "engine/index.ts", "resources/index.ts", "cli/command.ts", "configuration.ts"],
    folder,
  );
  process.env["TEST_BUNDLE"] = folder;
}

/** Stops the servers and removes the bundle. */
export async function globalTeardown(): Promise<void> {
  await servers.globalTeardown();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
