import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunProgress } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run } from "../target.ts";

test("a statement that runs long is reported with its place, whether the server knows its progress or not", async (t) => {
  const { connection, database } = await openTarget(t);
  const holder = await openSession(t, connection);
  await holder.execute("SELECT pg_advisory_lock(1)");
  const folder = await createFolder(t, {
    "1_a":
      "CREATE TABLE a (); CREATE TABLE b ();\nDO $$ BEGIN LOOP EXIT WHEN pg_try_advisory_xact_lock(1); PERFORM pg_sleep(0.01); END LOOP; END $$; CREATE TABLE c ();",
  });
  const events: RunProgress[] = [];
  const { failed } = await run(database, folder, {
    onProgress: (event) => {
      events.push(event);
      if (event.event === "progressing") void holder.execute("SELECT pg_advisory_unlock(1)");
    },
  });
  assert.equal(failed, undefined);
  const [first] = events.filter((event) => event.event === "progressing");
  assert.deepEqual([first?.statements?.first, first?.statements?.last, first?.statements?.of], [1, 4, 4]);
});
