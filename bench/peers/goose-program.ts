import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../program.ts";

const folder = join(import.meta.dirname, "../../tools/goose");
/** Where the checkout keeps the Pulumi CLI as well. */
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "pulumi-pg-migrations");
const source = "github.com/pressly/goose/v3";
/** Drivers of other databases are left out, and with them most of what would have to be fetched. */
const tags = "no_azuresql no_clickhouse no_libsql no_mssql no_mysql no_sqlite3 no_vertica no_ydb";

/** goose's program: built with Go from its module, once for each version, outside of the checkout. */
export async function gooseProgram(): Promise<string> {
  const program = join(cache, `goose-${version()}`);
  if (existsSync(program)) return program;
  console.log("Building goose from its Go module ...");
  await mkdir(cache, { recursive: true });
  const unfinished = `${program}-${process.pid}`;
  const flags = ["-trimpath", "-tags", tags, "-ldflags", "-s -w", "-o", unfinished];
  await runProgram("go", ["build", ...flags, `${source}/cmd/goose`], {
    directory: folder,
    environment: { CGO_ENABLED: "0", GOWORK: "off" },
  });
  await rename(unfinished, program);
  return program;
}

function version(): string {
  const goMod = readFileSync(join(folder, "go.mod"), "utf8");
  const [, found] = new RegExp(`${source} v(\\S+)`).exec(goMod) ?? [];
  if (found === undefined) throw new Error(`${folder}/go.mod does not require ${source}.`);
  return found;
}
