import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

const python = join(import.meta.dirname, "../../node_modules/.moto/bin/python");

/** A folder for PATH with the AWS CLI that is pinned beside moto. */
export async function awsCliFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-aws-"));
  t.after(() => rm(folder, { recursive: true }));
  // The environment was moved after its creation, so its programs no longer find their Python.
  await writeFile(join(folder, "aws"), `#!/bin/sh\nexec "${python}" -m awscli "$@"\n`, { mode: 0o755 });
  return folder;
}
