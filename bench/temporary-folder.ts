import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CleanUp } from "./harness.ts";

/** A new folder, which is removed with all that is in it. */
export async function temporaryFolder(cleanUp: CleanUp): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-bench-"));
  cleanUp.after(() => rm(dir, { recursive: true }));
  return dir;
}
