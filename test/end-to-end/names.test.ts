import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { createProject } from "./project.ts";

test("quoted names, another schema by ?schema= and a database to be created work together", async (t) => {
  const server = await createTestDatabase(t);
  const database = { ...server, database: `${server.database} "Gifts".Über` };
  t.after(() =>
    query(
      { ...server, database: "postgres" },
      `DROP DATABASE IF EXISTS "${database.database.replaceAll('"', '""')}" WITH (FORCE)`,
    ),
  );
  const address = `postgresql://${server.user}:${encodeURIComponent(server.password)}@${server.host}:${server.port}`;
  const schema = 'My.App "x"';
  const project = await createProject(t, {
    configuration: {
      connection: { urlVariable: "NAMES_URL" },
      migrations: "migrations",
      backup: { databaseCopy: { retain: 1 } },
      createDatabase: true,
      checks: [
        { kind: "tableExists", table: '"Gift.Table"' },
        { kind: "indexExists", index: '"Gift.Table_key"', unique: true },
        { kind: "noDuplicates", column: '"Gift.Table".donorId' },
      ],
    },
    environment: {
      NAMES_URL: `${address}/${encodeURIComponent(database.database)}?schema=${encodeURIComponent(schema)}`,
    },
  });
  await project.writeMigration(
    "1_gifts",
    'CREATE TABLE "Gift.Table" ("donorId" int);\nCREATE UNIQUE INDEX "Gift.Table_key" ON "Gift.Table" ("donorId");',
  );
  const applied = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(applied.exitCode, 0, applied.output);
  const tables = await query(
    database,
    "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 2",
    [schema],
  );
  assert.deepEqual(tables, [
    { schemaname: schema, tablename: "Gift.Table" },
    { schemaname: schema, tablename: "_prisma_migrations" },
  ]);
  const unchanged = await project.pulumi("preview", "--expect-no-changes");
  assert.equal(unchanged.exitCode, 0, unchanged.output);

  const copies = await query<{ datname: string }>(
    server,
    "SELECT datname FROM pg_database WHERE datname LIKE '%\\_copy\\_%' AND datname LIKE $1",
    [`${server.database.slice(0, 20)}%`],
  );
  assert.equal(copies.length, 1);
  await query(server, `DROP DATABASE "${(copies[0]?.datname ?? "").replaceAll('"', '""')}" WITH (FORCE)`);
});
