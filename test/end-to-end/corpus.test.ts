import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { query, stateOf } from "../database-state.ts";
import { copiesOf, dropCopies } from "./copies.ts";
import { createMigratedProject, type Project } from "./project.ts";

const corpus = join(import.meta.dirname, "../../../shared/corpus/langfuse/migrations");
const names = existsSync(corpus)
  ? readdirSync(corpus, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort(new Intl.Collator("en").compare)
  : [];

const checks = [
  { kind: "tableExists", table: "projects" },
  { kind: "noOrphans", column: "projects.org_id", references: "organizations.id" },
  { kind: "noDuplicates", column: "organizations.name" },
];

test(
  "434 real migrations: applied, verified, stopped by an invariant, corrected, destroyed",
  { skip: names.length === 0 ? `no corpus at ${corpus}` : false },
  async (t) => {
    const { project, database } = await createMigratedProject(t, { backup: { databaseCopy: {} }, checks });
    cpSync(corpus, join(project.dir, "migrations"), { recursive: true, force: true });
    t.after(() => dropCopies(database));

    await t.test("preview lists what is pending", async () => {
      const { exitCode, output } = await project.pulumi("preview");
      assert.equal(exitCode, 0, output);
      assert.match(
        output,
        new RegExp(
          `${names.length} migrations pending in ${database.database} at [0-9.:]+ \\(the ledger "public"\\."_prisma_migrations" is empty\\)`,
        ),
      );
      assert.match(output, new RegExp(names[0] ?? ""));
      assert.equal((await query(database, "SELECT FROM pg_tables WHERE schemaname = 'public'")).length, 0);
    });

    await t.test("up applies all of them", async () => {
      const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
      assert.equal(exitCode, 0, output);
      await assertLedgerHoldsAll(database);
    });

    await t.test("the schema is the one that psql makes", async (t) => {
      const psql = await promisify(execFile)("psql", ["--version"]).catch(() => undefined);
      if (psql === undefined)
        return t.skip("psql is not on PATH: install it (apt-get install postgresql-client)");
      const made = await createTestDatabase(t);
      await applyWithPsql(made);
      assert.deepEqual(withoutLedger((await stateOf(database)).catalog), (await stateOf(made)).catalog);
    });

    await t.test("the next preview shows no change", async () => {
      const { exitCode, output } = await project.pulumi("preview", "--expect-no-changes");
      assert.equal(exitCode, 0, output);
    });

    await t.test("an invariant stops up before COMMIT and leaves everything as it was", () =>
      assertInvariantStopsUp(project, database),
    );

    await t.test("the corrected migration goes green", async () => {
      await project.writeMigration("20990101000000_add_organization", organization("third", "Third"));
      const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
      assert.equal(exitCode, 0, output);
      assert.equal((await query(database, "SELECT FROM organizations")).length, 3);
    });

    await t.test("destroy leaves the database and its copies alone", async () => {
      const before = await stateOf(database);
      const copies = await copiesOf(database);
      const { exitCode, output } = await project.pulumi("destroy", "--yes", "--skip-preview");
      assert.equal(exitCode, 0, output);
      assert.deepEqual(await stateOf(database), before);
      assert.ok(copies.length > 0);
      assert.deepEqual(await copiesOf(database), copies);
      const [, named] =
        /Backups outlive the stack\. Before its last run it took (\S+); older ones/.exec(output) ?? [];
      assert.ok(copies.includes(named ?? ""), output);
    });
  },
);

async function assertInvariantStopsUp(project: Project, database: TestDatabase): Promise<void> {
  await query(database, organization("first", "First"));
  await query(database, organization("second", "Second"));
  const before = await stateOf(database);
  await project.writeMigration(
    "20990101000000_add_organization",
    `ALTER TABLE organizations ADD COLUMN country text;\n${organization("third", "Second")}`,
  );
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(exitCode, 0, output);
  assert.match(output, /Migration 20990101000000_add_organization violates 1 check/);
  assert.match(output, /no duplicates in organizations\.name: 1 violation/);
  assert.match(output, /name\s+rows\n\s+Second\s+2/);
  assert.deepEqual(await stateOf(database), before);
}

async function assertLedgerHoldsAll(database: TestDatabase): Promise<void> {
  const rows = await query<{ name: string; checksum: string }>(
    database,
    `SELECT migration_name AS name, checksum FROM _prisma_migrations
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL AND logs IS NULL AND applied_steps_count = 1
      ORDER BY started_at`,
  );
  const expected = names.map((name) => ({
    name,
    checksum: createHash("sha256")
      .update(readFileSync(join(corpus, name, "migration.sql")))
      .digest("hex"),
  }));
  assert.deepEqual(rows, expected);
}

async function applyWithPsql({ host, port, user, password, database }: TestDatabase): Promise<void> {
  const files = names.flatMap((name) => ["-f", join(corpus, name, "migration.sql")]);
  await promisify(execFile)(
    "psql",
    [
      "-X",
      "-q",
      "-v",
      "ON_ERROR_STOP=1",
      "-h",
      host,
      "-p",
      String(port),
      "-U",
      user,
      "-d",
      database,
      ...files,
    ],
    { env: { ...process.env, PGPASSWORD: password } },
  );
}

function withoutLedger(catalog: Awaited<ReturnType<typeof stateOf>>["catalog"]): typeof catalog {
  return catalog.filter(({ name }) => !name.startsWith("public._prisma_migrations"));
}

function organization(id: string, name: string): string {
  return `INSERT INTO organizations (id, name) VALUES ('${id}', '${name}');`;
}
