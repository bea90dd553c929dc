import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Makes private servers use a folder of this test, which holds no template yet. */
export async function useNewBase(t: Pick<TestContext, "after">): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "base-"));
  // The servers' account can pass through.
  await chmod(folder, 0o711);
  const before = process.env["TMPDIR"];
  t.after(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    return rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  process.env["TMPDIR"] = folder;
}
