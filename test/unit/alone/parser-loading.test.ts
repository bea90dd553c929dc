import assert from "node:assert/strict";
import { test } from "node:test";
import { readChecks } from "../../../engine/checks/read-checks.ts";
import { parsePiece } from "../../../engine/postgres/script/parsed-statement.ts";

const piece = {
  ...{ kind: "statements" as const, text: "SELECT 1", line: 1, prefix: "" },
  statements: [{ start: 0, end: 8, word: "SELECT" }],
};

test("only checks with SQL of the user's load the parser", async () => {
  await readChecks([
    { kind: "tableExists", table: "gifts" },
    { kind: "noOrphans", column: "gifts.donor_id", references: "donors.id" },
    { kind: "noDuplicates", column: "donors.email" },
  ]);
  assert.throws(() => parsePiece(piece), /The parser is not loaded/);

  await readChecks([{ kind: "noDuplicates", column: "donors.email", where: "deleted_at IS NULL" }]);
  assert.equal(parsePiece(piece).statements.length, 1);
});
