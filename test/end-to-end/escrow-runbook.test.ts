import assert from "node:assert/strict";
import { writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { query, stateOf } from "../database-state.ts";
import { createTestDatabase } from "../database.ts";
import { connectionOf, createProject } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

const schema = `
CREATE TYPE "TargetStatus" AS ENUM ('DRAFT', 'APPROVED');
CREATE TABLE campaign_targets (id text PRIMARY KEY, status "TargetStatus" NOT NULL, email text NOT NULL);
CREATE TABLE escrows (id text PRIMARY KEY, "campaignTargetId" text NOT NULL REFERENCES campaign_targets);
CREATE UNIQUE INDEX escrow_per_target ON escrows ("campaignTargetId");
CREATE TABLE post_jobs (id text PRIMARY KEY, "campaignTargetId" text NOT NULL REFERENCES campaign_targets);
CREATE UNIQUE INDEX post_job_per_target ON post_jobs ("campaignTargetId");
INSERT INTO campaign_targets VALUES ('t1', 'APPROVED', 'ann@example.com'), ('t2', 'APPROVED', 'bob@example.com'),
  ('t3', 'DRAFT', 'cem@example.com');
INSERT INTO escrows VALUES ('e1', 't1'), ('e2', 't2');
INSERT INTO post_jobs VALUES ('p1', 't1'), ('p2', 't2');`;

const approved = `status = 'APPROVED'`;
const checks = [
  ...["escrows", "post_jobs"].flatMap((table) => [
    { kind: "exactlyOne", column: `${table}.campaignTargetId`, of: "campaign_targets.id", where: approved },
    { kind: "noOrphans", column: `${table}.campaignTargetId`, references: "campaign_targets.id" },
  ]),
  { kind: "indexExists", index: "escrow_per_target", unique: true },
  { kind: "indexExists", index: "post_job_per_target", unique: true },
];

const jobOfDraft = `-- owner: the payments team
-- when: before, inside, standing
-- sampleColumns: id
SELECT t.id, t.email FROM campaign_targets t JOIN post_jobs p ON p."campaignTargetId" = t.id WHERE t.status = 'DRAFT'`;

test("the invariants of campaign, escrow and post job: nothing that breaks one is ever committed", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createProject(t, {
    configuration: {
      connection: connectionOf(database),
      migrations: "migrations",
      backup: { databaseCopy: {} },
      checks,
      checkFiles: "checks",
    },
    environment: { TEST_PGPASSWORD: database.password },
  });
  await mkdir(join(project.dir, "checks"));
  await writeFile(join(project.dir, "checks/no post job of a draft.sql"), jobOfDraft);
  await project.writeMigration("1_init", schema);
  await up(project);

  let before = await stateOf(database);
  const isAsBefore = async (): Promise<void> => assert.deepEqual(await stateOf(database), before);

  // A migration that duplicates rows, and clears the unique index out of its way.
  await project.writeMigration(
    "2_backfill",
    `DROP INDEX escrow_per_target;
     INSERT INTO escrows SELECT 'new-' || id, id FROM campaign_targets;`,
  );
  const duplicated = await fails(project, ["up", "--yes", "--skip-preview"], /2_backfill violates 2 checks/);
  for (const said of [/t1\s+2/, /t2\s+2/, /escrow_per_target.*1 violation/, /It was rolled back/])
    assert.match(duplicated, said);
  assert.doesNotMatch(duplicated, /\bt3\b/);
  await isAsBefore();

  // One that gives a draft a post job: the check in a file, of which only keys are shown.
  await project.writeMigration("2_backfill", `INSERT INTO post_jobs VALUES ('p3', 't3');`);
  const draft = await fails(
    project,
    ["up", "--yes", "--skip-preview"],
    /no post job of a draft: 1 violation/,
  );
  assert.match(draft, /\(the payments team\)/);
  assert.match(draft, /\bt3\b/);
  assert.doesNotMatch(draft, /example\.com/);
  await isAsBefore();

  const copiesOf = (): Promise<object[]> =>
    query(
      database,
      `SELECT datname FROM pg_database WHERE datname LIKE '${database.database}\\_%' ORDER BY 1`,
    );
  const copies = await copiesOf();

  // Orphans in the live data stop preview and up before anything is touched, the backup included.
  await query(
    database,
    "BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM campaign_targets WHERE id = 't2'; COMMIT",
  );
  before = await stateOf(database);
  await project.writeMigration("2_backfill", `CREATE TABLE audit (id int);`);
  for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
    const orphaned = await fails(project, args, /The run did not start because 2 checks failed/);
    assert.match(orphaned, /no orphans in escrows\.campaignTargetId: 1 violation\s+campaignTargetId\s+t2/);
    assert.match(orphaned, /Repair the data and run again/);
    await isAsBefore();
  }
  assert.deepEqual(await copiesOf(), copies);

  await query(database, `INSERT INTO campaign_targets VALUES ('t2', 'APPROVED', 'bob@example.com')`);
  await up(project);
  await succeeds(project, "preview", "--expect-no-changes");

  // The nightly preview is the daily check of parity.
  await query(database, "DELETE FROM escrows WHERE id = 'e1'");
  await fails(
    project,
    ["preview", "--expect-no-changes"],
    /exactly one escrows\.campaignTargetId.*: 1 violation/,
  );
});
