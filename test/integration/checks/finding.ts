import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { type Check, readChecks, runChecks } from "../../../engine/index.ts";
import type { Target } from "../target.ts";

/** The rows that a check found; none if it passed. */
export type Finding = readonly Readonly<Record<string, string | null>>[];

/**
 * Evaluates checks as they are read from data, and compares their findings, or the reasons why they could not be
 * evaluated.
 */
export async function assertFindings(
  t: TestContext,
  database: Target["database"],
  findings: readonly (readonly [check: Check, finding: Finding | RegExp])[],
): Promise<void> {
  for (const [check, finding] of findings)
    await t.test(JSON.stringify(check), async () => {
      const checks = await readChecks([JSON.parse(JSON.stringify(check))]);
      const [result] = await runChecks({ database, checks });
      if (finding instanceof RegExp) {
        assert.equal(result?.outcome, "unknown");
        assert.match(result.error?.message ?? "", finding);
        return;
      }
      assert.equal(result?.error?.message, undefined);
      const ordered = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(ordered(result?.rows ?? []), ordered(finding));
      assert.equal(result?.violations, finding.length);
      assert.equal(result.outcome, finding.length === 0 ? "holds" : "violated");
    });
}
