import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";

const { forbidden, options } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
  forbidden: NonNullable<ICruiseOptions["ruleSet"]>["forbidden"];
  options: ICruiseOptions;
};

async function violations(folders: string[], baseDir = process.cwd()): Promise<string[]> {
  const { output } = await cruise(folders, {
    ...options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: forbidden ?? [] },
  });
  return (output as ICruiseResult).summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
  );
}

test("imports go downwards only", async () => {
  assert.deepEqual(
    await violations([
      "index.ts",
      "configuration.ts",
      "backup-configuration.ts",
      "components",
      "resources",
      "engine",
    ]),
    [],
  );
});

test("an import that goes upwards is found", async () => {
  const found = await violations(["engine", "components"], `${import.meta.dirname}/fixtures/layers`);
  assert.deepEqual(found.sort(), [
    "components-reach-the-engine-by-its-index: components/gift.ts -> engine/gift.ts",
    "engine-knows-no-pulumi: engine/gift.ts -> components/gift.ts",
    "no-cycles: components/gift.ts -> engine/gift.ts",
  ]);
});
