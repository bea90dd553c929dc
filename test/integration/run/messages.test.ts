import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { tableExists } from "../../../engine/index.ts";
import { startCountingProxy } from "../../counting-proxy.ts";
import { createFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run } from "../target.ts";

const names = ["1_table", "2_column", "3_copy", "4_last"];

/** Applies some migrations; gives what is sent from the second on to before the last, and what the ledger says. */
async function sentFor(
  t: TestContext,
  scripts: readonly [string, string],
  request: Parameters<typeof run>[2] = {},
): Promise<string[]> {
  const { connection, database } = await openTarget(t);
  const traffic = await startCountingProxy(t, connection.port);
  const session = await openSession(t, { ...connection, port: traffic.port });
  const all = ["CREATE TABLE a (b int, c int);", ...scripts, "DROP TABLE a;"];
  const folder = await createFolder(t, Object.fromEntries(names.map((name, at) => [name, all[at] ?? ""])));
  let sent: string[] = [];
  const { failed } = await run(session, folder, {
    ...request,
    onProgress: (progress) => {
      if (progress.event === "started" && progress.migration === names[1]) traffic.queries.length = 0;
      if (progress.event === "started" && progress.migration === names[3]) sent = [...traffic.queries];
    },
  });
  assert.equal(failed, undefined);
  assert.deepEqual(
    (await ledgerRows(database)).map((row) => [row.migration_name, row.finished_at !== null]),
    names.map((name) => [name, true]),
  );
  return sent;
}

test("without checks a migration that is one transaction is one message, its row and COMMIT included", async (t) => {
  const sent = await sentFor(t, [
    "ALTER TABLE a ADD d int; -- é",
    "BEGIN;\nDROP INDEX IF EXISTS i;\nCOMMIT;",
  ]);
  assert.equal(sent.length, 2, sent.join("\n\n"));
  for (const message of sent) assert.match(message, /^BEGIN\n;[\s\S]* COMMIT\0$/);
});

test("with checks COMMIT is sent when they were evaluated", async (t) => {
  const sent = await sentFor(t, ["ALTER TABLE a ADD d int;", "ALTER TABLE a ADD e int;"], {
    checks: [tableExists("pg_catalog.pg_class")],
  });
  const [script = ""] = sent;
  assert.match(script, /^BEGIN\n;ALTER TABLE a ADD d int;\n;SET CONSTRAINTS ALL IMMEDIATE\n;RESET /);
  assert.doesNotMatch(script, /COMMIT/);
});

test("data end with a message of their own, and so does a script without a semicolon", async (t) => {
  const sent = await sentFor(t, ["ALTER TABLE a ADD d int", "COPY a (b) FROM stdin;\n1\n\\.\n"]);
  const kinds = sent.map((message) => /^\s*(BEGIN|SET CONSTRAINTS|COPY)/.exec(message)?.[1]);
  assert.deepEqual(kinds, ["BEGIN", "SET CONSTRAINTS", "BEGIN", "COPY", "SET CONSTRAINTS"]);
});

test("an index is built in three messages: its row begun, the statement, the row finished", async (t) => {
  const sent = await sentFor(t, [
    "CREATE INDEX CONCURRENTLY i ON a (b);",
    "DROP INDEX CONCURRENTLY IF EXISTS i;",
  ]);
  assert.equal(sent.length, 6, sent.join("\n\n"));
  assert.match(
    sent[0] ?? "",
    /to_regclass\('"i"'\) IS NOT NULL; SET LOCAL synchronous_commit = off; COMMIT; SET /,
  );
});
