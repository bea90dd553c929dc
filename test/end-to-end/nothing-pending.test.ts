import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCountingProxy } from "../counting-proxy.ts";
import { connectionOf, createMigratedProject } from "./project.ts";

const corpus = join(import.meta.dirname, "../../../shared/corpus/langfuse/migrations");

test(
  "with 434 applied and nothing pending, preview and up connect once and ask at most 10 queries",
  { skip: existsSync(corpus) ? false : `no corpus at ${corpus}` },
  async (t) => {
    const { project, database } = await createMigratedProject(t);
    cpSync(corpus, join(project.dir, "migrations"), { recursive: true, force: true });
    const traffic = await startCountingProxy(t, database.port);
    await project.configure({
      connection: { ...connectionOf(database), port: traffic.port },
      migrations: "migrations",
      backup: { databaseCopy: {} },
      checks: [
        { kind: "tableExists", table: "projects" },
        { kind: "noOrphans", column: "projects.org_id", references: "organizations.id" },
        { kind: "noDuplicates", column: "organizations.name" },
      ],
    });
    const applied = await project.pulumi("up", "--yes", "--skip-preview");
    assert.equal(applied.exitCode, 0, applied.output);
    assert.ok(traffic.connections > 1 && traffic.queries.length > 434);

    for (const command of [
      ["preview", "--expect-no-changes"],
      ["up", "--yes", "--skip-preview", "--expect-no-changes"],
    ]) {
      traffic.connections = 0;
      traffic.queries = [];
      const { exitCode, output } = await project.pulumi(...command);
      assert.equal(exitCode, 0, output);
      assert.equal(traffic.connections, 1);
      assert.ok(
        traffic.queries.length <= 10,
        `${traffic.queries.length} queries:\n${traffic.queries.join("\n")}`,
      );
      t.diagnostic(`${command[0] ?? ""}: ${traffic.queries.length} queries`);
    }
  },
);
