import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetUpError } from "./command.mjs";

const programs = ["pg_dump", "pg_restore", "psql"];
const debianFolder = "/usr/lib/postgresql";

/** Throws if PostgreSQL's client programs are missing, which the tests of logical backups run. */
export function requirePostgresClient(searchPath) {
  const folders = [...debianFolders(), ...searchPath.split(delimiter)];
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return;
  throw new SetUpError(
    `The tests need ${missing.join(", ")}, which are neither on PATH nor in ${debianFolder}.\n` +
      "Install them (Debian, Ubuntu: `apt-get install postgresql-client`; macOS: `brew install libpq`, and put " +
      "its bin on PATH) and run the same command again.",
  );
}

function debianFolders() {
  return existsSync(debianFolder)
    ? readdirSync(debianFolder).map((version) => join(debianFolder, version, "bin"))
    : [];
}
