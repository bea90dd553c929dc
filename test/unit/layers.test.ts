import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";

const { floors, filesOf, forbidden, options } = createRequire(import.meta.url)(
  "../../.dependency-cruiser.cjs",
) as {
  floors: string[][];
  filesOf: (room: string) => string;
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

test("every file of the engine stands in one room of one floor", () => {
  const rooms = floors.flat().map((room) => new RegExp(filesOf(room)));
  const files = globSync("engine/**/*.ts").map((file) => file.replaceAll("\\", "/"));
  assert.deepEqual(
    files.filter((file) => rooms.filter((room) => room.test(file)).length !== 1),
    [],
  );
});

test("an import that goes upwards, or round, is found, that of a type too", async () => {
  const found = await violations(["engine", "components"], `${import.meta.dirname}/fixtures/layers`);
  assert.deepEqual(found.sort(), [
    "components-reach-the-engine-by-its-index: components/gift.ts -> engine/gift.ts",
    "engine-knows-no-pulumi: engine/gift.ts -> components/gift.ts",
    "floors: plan: engine/plan/plan.ts -> engine/run/run.ts",
    "no-cycles: components/gift.ts -> engine/gift.ts",
    "no-cycles: engine/plan/plan.ts -> engine/run/run.ts",
  ]);
});
