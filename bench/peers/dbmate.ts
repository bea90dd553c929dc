import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dbmateProgram } from "../../test/dbmate.ts";
import { urlOf } from "../empty-database.ts";
import { runProgram } from "../program.ts";
import type { Peer } from "./peer.ts";

/** dbmate's own program, not the one of the npm package, which starts Node first. It sends each file in one message. */
export const dbmate: Peer = {
  name: "dbmate",

  async write(scripts, dir) {
    for (const { version, name, sql, transaction } of scripts) {
      const options = transaction ? "" : " transaction:false";
      await writeFile(
        join(dir, `${version}_${name}.sql`),
        `-- migrate:up${options}\n${sql}\n-- migrate:down\n`,
      );
    }
  },

  async apply(database, dir) {
    const words = ["--url", urlOf(database), "--migrations-dir", dir, "--no-dump-schema", "migrate"];
    await runProgram(dbmateProgram, words);
  },
};
