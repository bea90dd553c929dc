import assert from "node:assert/strict";
import { test } from "node:test";
import { createFolder } from "../../migration-folder.ts";
import { ledgerRows, openTarget, run } from "../target.ts";

test("a failure that the ledger refuses to record is reported as what the script did, with the refusal", async (t) => {
  const { database } = await openTarget(t);
  await run(
    database,
    await createFolder(t, { "1_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (1), (1)" }),
  );
  await database.execute(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.rolled_back_at IS NOT NULL THEN RAISE EXCEPTION 'no failures, please'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON _prisma_migrations FOR EACH ROW EXECUTE FUNCTION refuse()`);
  const build = "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)";
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (1), (1)",
    "2_i": build,
  });

  const { failed } = await run(database, folder);

  assert.equal(failed?.error?.sqlstate, "23505");
  assert.match(failed.error.hint ?? "", /The ledger has an unfinished row.*: no failures, please/);
  const [, left] = await ledgerRows(database);
  assert.deepEqual([left?.finished_at, left?.rolled_back_at], [null, null]);

  await database.execute("DROP TRIGGER refuse ON _prisma_migrations; DELETE FROM a");
  assert.equal((await run(database, folder)).failed, undefined);
});
