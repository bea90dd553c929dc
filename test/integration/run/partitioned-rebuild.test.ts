import assert from "node:assert/strict";
import { test } from "node:test";
import { failureReport } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { lacking } from "../../server-version.ts";
import { openTarget, run } from "../target.ts";

const table =
  "CREATE TABLE p (b int) PARTITION BY RANGE (b); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9); CREATE INDEX i ON p (b);";

for (const [refused, advice, accepted] of [
  ["REINDEX TABLE p", /Write REINDEX \.\.\. CONCURRENTLY/, "REINDEX TABLE CONCURRENTLY p"],
  ["REINDEX INDEX i", /Write REINDEX \.\.\. CONCURRENTLY/, "REINDEX INDEX CONCURRENTLY i"],
  ["CLUSTER p USING i", /Write one CLUSTER for each partition/, "CLUSTER p1 USING p1_b_idx"],
] as const)
  test(
    `${refused} of a partitioned table is refused with what works`,
    { skip: lacking("rebuilding partitioned tables", { before: 15 }) },
    async (t) => {
      const { database } = await openTarget(t);
      const folder = await createFolder(t, { "1_p": table, "2_r": refused });
      const result = await run(database, folder);
      const { failed } = result;
      assert.ok(failed);
      assert.equal(failed.error?.sqlstate, "25001");
      assert.match(failureReport({ ...result, failed }), advice);
      assert.equal((await run(database, await changeFolder(folder, { "2_r": accepted }))).failed, undefined);
    },
  );
