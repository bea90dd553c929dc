import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArchiveEntry } from "../../../../../engine/backup/logical-backup/archive-contents.ts";
import { entriesToRestore } from "../../../../../engine/backup/logical-backup/entries-to-restore.ts";

const entries: ArchiveEntry[] = [
  { catalog: 2615, oid: 10, text: "SCHEMA - tools me", line: "schema tools" },
  { catalog: 2615, oid: 11, text: "SCHEMA - other me", line: "schema other" },
  { catalog: 0, oid: 0, text: 'COMMENT - EXTENSION "citext" ', line: "comment of citext" },
  { catalog: 0, oid: 0, text: 'COMMENT - SCHEMA "public" me', line: "comment of public" },
  { catalog: 0, oid: 0, text: 'COMMENT - SCHEMA "publicity" me', line: "comment of publicity" },
  { catalog: 3466, oid: 12, text: "EVENT TRIGGER - one me", line: "event trigger one" },
  { catalog: 3466, oid: 13, text: "EVENT TRIGGER - two me", line: "event trigger two" },
  { catalog: 3256, oid: 14, text: "POLICY public mine me", line: "policy mine" },
  { catalog: 1418, oid: 15, text: "USER MAPPING - USER MAPPING me SERVER away me", line: "user mapping" },
  { catalog: 1259, oid: 16, text: "TABLE public EVENT TRIGGER me", line: "table" },
];

test("what is there already is not restored, and what cannot be is counted", () => {
  const onPrivate = entriesToRestore(entries, {
    hasExtensions: true,
    madeSchemas: new Set([10]),
    skippedPolicies: new Set([14]),
  });
  assert.equal(onPrivate.lines, "schema other\ncomment of publicity\ntable\n");
  assert.deepEqual(onPrivate.leftOut, ["2 event triggers", "1 policy", "1 user mapping"]);
  const onNamed = entriesToRestore(entries.slice(0, 3), {
    hasExtensions: false,
    madeSchemas: new Set(),
    skippedPolicies: new Set(),
  });
  assert.deepEqual(onNamed, { lines: "schema tools\nschema other\ncomment of citext\n", leftOut: [] });
});
