import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceType } from "../../plugins/provider.ts";
import { findChanges } from "../../plugins/resource-diff.ts";

const type: ResourceType = {
  outputs: [],
  replaceOnChanges: ["name"],
  computed: ["size"],
  create: () => Promise.reject(new Error("not called")),
  update: () => Promise.reject(new Error("not called")),
  delete: () => Promise.reject(new Error("not called")),
};

test("changes are found by property, with what they do", () => {
  assert.deepEqual(
    findChanges(type, { name: "a", tags: { x: "1" }, gone: 1 }, { name: "b", tags: { x: "1" }, new: [1] }),
    [
      { property: "name", kind: "update", replaces: true },
      { property: "gone", kind: "delete", replaces: false },
      { property: "new", kind: "add", replaces: false },
    ],
  );
});

test("leaving out what has a value by itself is no change", () => {
  assert.deepEqual(findChanges(type, { size: 1, __defaults: ["a"] }, { __defaults: [] }), []);
});
