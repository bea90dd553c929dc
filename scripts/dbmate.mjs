import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SetUpError, run, tail } from "./command.mjs";

const place = join(dirname(dirname(fileURLToPath(import.meta.url))), "tools", "dbmate");
const installedLock = join(place, "node_modules", ".set-up");

/** Installs dbmate for the tests in a separate folder, so that users do not download it. */
export async function installDbmate() {
  const lock = readFileSync(join(place, "package-lock.json"), "utf8");
  if (existsSync(installedLock) && readFileSync(installedLock, "utf8") === lock) return;
  console.log("Installing dbmate for the tests ...");
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  const { ok, output } = await run("npm", ["ci", ...flags], { timeoutMs: 10 * 60_000, cwd: place });
  if (!ok) throw new SetUpError(`\`npm ci\` failed in ${place}:\n${tail(output, 40)}`);
  // npm creates no folder if the platform has no program. The tests that need it fail there.
  if (existsSync(dirname(installedLock))) writeFileSync(installedLock, lock);
}
