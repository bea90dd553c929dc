import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

const python = join(import.meta.dirname, "../../node_modules/.moto/bin/python");

/** A folder for PATH in which `aws` is the AWS CLI that is pinned beside moto, whatever the machine has. */
export async function awsCliFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-aws-"));
  t.after(() => rm(folder, { recursive: true }));
  // The environment was moved after it was made, so that the programs in it do not find their Python any more.
  await writeFile(join(folder, "aws"), `#!/bin/sh\nexec "${python}" -m awscli "$@"\n`, { mode: 0o755 });
  return folder;
}
