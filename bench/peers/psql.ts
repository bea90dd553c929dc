import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemPrograms } from "../../test/dumpable-server.ts";
import { urlOf } from "../empty-database.ts";
import { runProgram } from "../program.ts";
import type { Peer } from "./peer.ts";

/** The limit: one session that runs every file in a transaction of its own and keeps no ledger. */
export const psql: Peer = {
  name: "psql, one session, a transaction for each file, no ledger",

  async write(scripts, dir) {
    for (const { version, sql } of scripts) await writeFile(join(dir, `${version}.sql`), sql);
    const session = scripts.map(({ version, transaction }) =>
      transaction ? `BEGIN;\n\\i ${version}.sql\nCOMMIT;` : `\\i ${version}.sql`,
    );
    await writeFile(join(dir, "session.psql"), `${session.join("\n")}\n`);
  },

  async apply(database, dir) {
    await runProgram(psqlProgram(), [...psqlWords, "-f", "session.psql", urlOf(database)], {
      directory: dir,
    });
  },
};

/** No start-up file, nothing printed, and an end at the first error. */
export const psqlWords = ["-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1"];

/** The system's psql. */
export function psqlProgram(): string {
  return join(systemPrograms(), "psql");
}
