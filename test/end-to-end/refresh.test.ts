import assert from "node:assert/strict";
import { test } from "node:test";
import { query } from "../database-state.ts";
import { createMigratedProject } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

test("a refresh evaluates the standing checks, tells what does not hold, and leaves it to up to settle", async (t) => {
  const checks = [{ kind: "noDuplicates", column: "gifts.id" }];
  const { project, database } = await createMigratedProject(t, { checks });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await up(project);
  // Before another up says that nothing is pending any more, Pulumi lists what has applied something as updated.
  await up(project);
  await succeeds(project, "refresh", "--yes", "--expect-no-changes");

  await query(database, "INSERT INTO gifts VALUES (7), (7)");
  const told = /1 of 1 check failed:\n\s+✗ no duplicates in gifts\.id: 1 violation\n\s+id +rows\n\s+7 +2/;
  assert.match(await succeeds(project, "refresh", "--yes"), told);
  // Recorded now, and told again.
  assert.match(await succeeds(project, "refresh", "--yes"), told);
  await fails(project, ["preview"], told);

  await query(database, "DELETE FROM gifts");
  await up(project, "--refresh");
  await succeeds(project, "preview", "--expect-no-changes");
  const state = await succeeds(project, "stack", "export");
  assert.match(state, /"verified": \[\s+"no duplicates in gifts\.id"\s+\]/);
  assert.ok(!state.includes(database.password));
  assert.ok(!state.includes("isStale"));
});

test("a refresh goes on without a server", async (t) => {
  const { project, database } = await createMigratedProject(t);
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await up(project);
  await query({ ...database, database: "postgres" }, `DROP DATABASE ${database.database} WITH (FORCE)`);
  assert.match(
    await succeeds(project, "refresh", "--yes"),
    /The checks were not evaluated: The database .* does not exist/,
  );
});
