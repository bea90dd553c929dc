import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { connectionOf, createProject } from "./project.ts";

test("a refresh evaluates the standing checks, tells what does not hold, and leaves it to up to settle", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createProject(t, {
    configuration: {
      connection: connectionOf(database),
      migrations: "migrations",
      backup: { none: "a test" },
      checks: [{ kind: "noDuplicates", column: "gifts.id" }],
    },
    environment: { TEST_PGPASSWORD: database.password },
  });
  const pulumi = async (exitCode: number, ...words: string[]): Promise<string> => {
    const { exitCode: actual, output } = await project.pulumi(...words);
    assert.equal(actual, exitCode, output);
    return output;
  };
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await pulumi(0, "up", "--yes");
  // Before another up says that nothing is pending any more, Pulumi lists what has applied something as updated.
  await pulumi(0, "up", "--yes");
  await pulumi(0, "refresh", "--yes", "--expect-no-changes");

  await query(database, "INSERT INTO gifts VALUES (7), (7)");
  const told =
    /1 of 1 check does not hold:\n\s+✗ no duplicates in gifts\.id: 1 violation\n\s+id +rows\n\s+7 +2/;
  assert.match(await pulumi(0, "refresh", "--yes"), told);
  // Recorded now, and told again.
  assert.match(await pulumi(0, "refresh", "--yes"), told);
  assert.match(await pulumi(1, "preview"), told);

  await query(database, "DELETE FROM gifts");
  await pulumi(0, "up", "--yes", "--refresh");
  await pulumi(0, "preview", "--expect-no-changes");
  const state = await pulumi(0, "stack", "export");
  assert.match(state, /"verified": \[\s+"no duplicates in gifts\.id"\s+\]/);
  assert.ok(!state.includes(database.password));
  assert.ok(!state.includes("isStale"));
});

test("a refresh goes on without a server", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createProject(t, {
    configuration: {
      connection: connectionOf(database),
      migrations: "migrations",
      backup: { none: "a test" },
    },
    environment: { TEST_PGPASSWORD: database.password },
  });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  const up = await project.pulumi("up", "--yes");
  assert.equal(up.exitCode, 0, up.output);
  await query({ ...database, database: "postgres" }, `DROP DATABASE ${database.database} WITH (FORCE)`);
  const refreshed = await project.pulumi("refresh", "--yes");
  assert.equal(refreshed.exitCode, 0, refreshed.output);
  assert.match(refreshed.output, /The checks were not evaluated: The database .* does not exist/);
});
