import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import v8 from "node:v8";

/** What a program shares with everything that it imports. */
function sharedState(): object {
  return {
    globals: Object.getOwnPropertyNames(globalThis).sort(),
    environment: { ...process.env },
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    directory: process.cwd(),
  };
}

test("importing the package changes nothing that the program shares with it", async () => {
  // Pulumi's own package is the program's, and zod keeps its registry among the globals.
  await Promise.all([import("@pulumi/pulumi"), import("zod")]);
  const flags: string[] = [];
  const { setFlagsFromString } = v8;
  v8.setFlagsFromString = (flag) => void flags.push(flag);
  syncBuiltinESMExports();
  const before = sharedState();
  await import("../../../components/index.ts");
  await import("../../../resources/index.ts");
  await import("../../../engine/index.ts");
  assert.deepEqual([flags, sharedState()], [[], before]);
  v8.setFlagsFromString = setFlagsFromString;
  syncBuiltinESMExports();
});
