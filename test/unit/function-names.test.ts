import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

test("no two exported functions share a name", () => {
  const files = globSync("{engine,resources,components,cli}/**/*.ts", { cwd: root });
  const filesByName = new Map<string, string[]>();
  for (const file of files)
    for (const [, name = ""] of readFileSync(join(root, file), "utf8").matchAll(
      /^export (?:async )?function (\w+)/gm,
    ))
      filesByName.set(name, [...(filesByName.get(name) ?? []), file]);
  assert.ok(filesByName.has("runChecks"));
  assert.deepEqual(
    [...filesByName].filter(([, inFiles]) => inFiles.length > 1),
    [],
  );
});
