import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { urlOf } from "../empty-database.ts";
import { runProgram } from "../program.ts";
import { gooseProgram } from "./goose-program.ts";
import type { Peer } from "./peer.ts";

/** goose, every file marked as one statement: so it sends it in one message, which is the quickest it can do. */
export const goose: Peer = {
  name: "goose",

  async write(scripts, dir) {
    for (const { version, name, sql, transaction } of scripts) {
      const lines = [
        ...(transaction ? [] : ["-- +goose NO TRANSACTION"]),
        "-- +goose Up",
        "-- +goose StatementBegin",
        sql,
        "-- +goose StatementEnd",
      ];
      await writeFile(join(dir, `${version}_${name}.sql`), `${lines.join("\n")}\n`);
    }
  },

  async apply(database, dir) {
    await runProgram(await gooseProgram(), ["-dir", dir, "postgres", urlOf(database), "up"]);
  },
};
