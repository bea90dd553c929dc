import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { ConnectionError, type Database } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run, type Target, until } from "../target.ts";

/** The indexes of the table `a`, and which of them are valid. */
export async function indexes(database: Database): Promise<object[]> {
  return database.query(
    `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index
      WHERE indrelid = 'a'::regclass ORDER BY 1`,
  );
}

/** A database with a table `a`, whose column `b` has duplicates, and the folder that has created it. */
export async function targetWithTable(
  t: TestContext,
): Promise<Target & { folder: Awaited<ReturnType<typeof createFolder>> }> {
  const target = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (1), (1), (2)",
  });
  await run(target.database, folder);
  return { ...target, folder };
}

/** Ends the session of a run while its statement waits for an older transaction that has written to `a`. */
export async function interrupt(
  t: TestContext,
  connection: Target["connection"],
  { script, work }: { script: string; work: () => Promise<unknown> },
): Promise<void> {
  const [writer, observer] = [await openSession(t, connection), await openSession(t, connection)];
  await writer.execute("BEGIN; INSERT INTO a VALUES (5)");
  const broken = assert.rejects(work(), ConnectionError);
  const waiting =
    "FROM pg_stat_activity WHERE query LIKE $1 AND wait_event_type = 'Lock' AND datname = current_database()";
  await until(observer, `SELECT ${waiting}`, [script]);
  await observer.query(`SELECT pg_terminate_backend(pid) ${waiting}`, [script]);
  await broken;
  await writer.execute("COMMIT");
}
