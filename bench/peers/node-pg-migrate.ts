import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { urlOf } from "../empty-database.ts";
import { runProgram } from "../program.ts";
import type { Peer } from "./peer.ts";

const program = join(import.meta.dirname, "../../node_modules/node-pg-migrate/bin/node-pg-migrate.js");

/** node-pg-migrate, a transaction for each file. What can run in none has to be written in JavaScript for it. */
export const nodePgMigrate: Peer = {
  name: "node-pg-migrate",

  async write(scripts, dir) {
    for (const { version, name, sql, transaction } of scripts)
      await writeFile(
        join(dir, `${version}_${name}.${transaction ? "sql" : "mjs"}`),
        transaction ? `-- Up Migration\n${sql}` : inJavaScript(sql),
      );
  },

  async apply(database, dir) {
    const words = ["up", "--migrations-dir", dir, "--no-single-transaction", "--no-verbose"];
    await runProgram(process.execPath, [program, ...words], {
      environment: { DATABASE_URL: urlOf(database) },
    });
  },
};

function inJavaScript(sql: string): string {
  return `export const up = (pgm) => { pgm.noTransaction(); pgm.sql(${JSON.stringify(sql)}); };\n`;
}
