import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "./project.ts";

/** Applies a folder in Prisma's format and keeps Prisma's ledger, except a migration that it is told to leave. */
const prismaTool = `
import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import pg from "pg";

appendFileSync("started", "started\\n");
const client = new pg.Client({ connectionString: process.env.TOOL_URL });
await client.connect();
await client.query(\`CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz,
  migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)\`);
const { rows } = await client.query("SELECT migration_name FROM _prisma_migrations");
const applied = new Set(rows.map((row) => row.migration_name));
for (const name of readdirSync("migrations").sort()) {
  if (applied.has(name) || name === process.env.LEAVE) continue;
  const script = readFileSync(\`migrations/\${name}/migration.sql\`, "utf8");
  await client.query(script);
  await client.query(
    "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)",
    [randomUUID(), createHash("sha256").update(script).digest("hex"), name],
  );
  console.log("applied", name);
}
await client.end();
`;

/** Writes a tool that keeps Prisma's ledger into a project. Returns the configuration that runs it. */
export async function writePrismaTool(
  project: Project,
  environment: Record<string, string> = {},
): Promise<{ command: object }> {
  await writeFile(join(project.dir, "tool.mjs"), prismaTool);
  return { command: { command: "node tool.mjs", urlVariable: "TOOL_URL", environment } };
}
