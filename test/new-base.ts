import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Has private servers begin in a folder of this test, in which no template of one is. */
export async function useNewBase(t: Pick<TestContext, "after">): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "base-"));
  // The account of the servers has a way through.
  await chmod(folder, 0o711);
  const before = process.env["TMPDIR"];
  t.after(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    return rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  process.env["TMPDIR"] = folder;
}
