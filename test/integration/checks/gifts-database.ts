import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Check, type CheckResult, runChecks } from "../../../engine/index.ts";
import { openTarget, type Target } from "../target.ts";

const schema = `
CREATE TABLE donors (id bigint PRIMARY KEY, a int, b int, UNIQUE (a, b));
CREATE TABLE gifts (id bigint PRIMARY KEY, donor bigint REFERENCES donors, loose bigint, a int, b int, note text,
  CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES donors (a, b));
ALTER TABLE gifts ADD CONSTRAINT later FOREIGN KEY (loose) REFERENCES donors NOT VALID;
CREATE INDEX gifts_note ON gifts (note);
INSERT INTO donors VALUES (9007199254740993, 1, 1), (2, 2, 2), (3, 3, 3);
INSERT INTO gifts VALUES (1, 9007199254740993, 2, 1, 1, 'x'), (2, 2, 3, 2, 2, 'x'), (3, 2, NULL, NULL, 7, NULL), (4, NULL, 2, NULL, NULL, NULL);
ALTER TABLE gifts DISABLE TRIGGER ALL;
INSERT INTO gifts VALUES (5, 77, 78, 8, 8, 'y');
ALTER TABLE gifts ENABLE TRIGGER ALL;
CREATE VIEW view AS SELECT 1;
CREATE SCHEMA "My.App";
CREATE TABLE "My.App"."Gift ""s""" ("Id" int PRIMARY KEY, "Donor.Id" int, sample text, "key" text, violations int);
INSERT INTO "My.App"."Gift ""s""" VALUES (1, 1, 's', 'k', 3), (2, 1, NULL, NULL, 3);
CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE violations (sample int); INSERT INTO violations VALUES (1);`;

/** A table all of whose names need quotes. */
export const odd = '"My.App"."Gift ""s"""';

/** Opens a database of donors and gifts, in which some checks pass and others fail. */
export async function openGifts(
  t: TestContext,
): Promise<Pick<Target, "database"> & { resultOf: (check: Check) => Promise<CheckResult> }> {
  const { database } = await openTarget(t);
  await database.execute(schema);
  await database.execute(
    `CREATE INDEX gifts_broken ON gifts (id);
     UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'gifts_broken'::regclass;
     CREATE SEQUENCE written;
     CREATE FUNCTION wrote() RETURNS int LANGUAGE sql AS 'DELETE FROM gifts RETURNING 1'`,
  );

  async function resultOf(check: Check): Promise<CheckResult> {
    const [result] = await runChecks({ database, checks: [check] });
    assert.ok(result);
    assert.equal(result.check, check.name);
    assert.equal(result.kind, check.kind);
    return result;
  }

  return { database, resultOf };
}
