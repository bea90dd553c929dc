import assert from "node:assert/strict";
import { test } from "node:test";
import { affectedChecks, type Changes } from "../../../../engine/checks/affected-checks.ts";
import { returnsNoRows, tableExists } from "../../../../engine/index.ts";
import { firstUserOid } from "../../../../engine/postgres/catalog/changed-relations.ts";

const [gifts, donors, catalog] = [firstUserOid, firstUserOid + 1, firstUserOid - 1];
const checks = [
  returnsNoRows("gifts", "SELECT 1"),
  returnsNoRows("both", "SELECT 1"),
  returnsNoRows("catalog", "SELECT 1"),
  returnsNoRows("nothing", "SELECT 1"),
  returnsNoRows("unknown", "SELECT 1"),
  tableExists("gifts", { name: "schema" }),
];
const reads = new Map([
  ["gifts", [gifts]],
  ["both", [donors, gifts]],
  ["catalog", [gifts, catalog]],
  ["nothing", []],
  ["schema", [gifts]],
]);

const cases: readonly [title: string, changes: Changes, affected: readonly string[]][] = [
  ["an unknown change affects all", "anything", checks.map(({ name }) => name)],
  ["no change affects none, not even what is unknown", { changed: new Set(), altersAny: false }, []],
  [
    "a changed table affects what reads it",
    { changed: new Set([gifts]), altersAny: false },
    ["gifts", "both", "catalog", "unknown", "schema"],
  ],
  [
    "another changed table affects only what reads that",
    { changed: new Set([donors]), altersAny: false },
    ["both", "unknown"],
  ],
  [
    "an altered definition affects what looks at definitions",
    { changed: new Set(), altersAny: true },
    ["catalog", "nothing", "unknown", "schema"],
  ],
];

for (const [title, changes, affected] of cases)
  test(title, () => {
    assert.deepEqual(
      affectedChecks(checks, changes, reads).map(({ name }) => name),
      affected,
    );
  });
