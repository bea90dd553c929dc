import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const longestStepMs = 30 * 60_000;

/** Runs the step while no other process runs one under the same lock file. */
export async function exclusively(lockFile, step) {
  mkdirSync(dirname(lockFile), { recursive: true });
  while (!acquired(lockFile)) {
    if (isAbandoned(lockFile)) rmSync(lockFile, { force: true });
    else await sleep(250);
  }
  const release = () => rmSync(lockFile, { force: true });
  process.once("exit", release);
  try {
    return await step();
  } finally {
    process.off("exit", release);
    release();
  }
}

function acquired(lockFile) {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** A killed process leaves its lock behind. The age limit covers an ID that another process has now. */
function isAbandoned(lockFile) {
  try {
    const ageMs = Date.now() - statSync(lockFile).mtimeMs;
    const owner = Number(readFileSync(lockFile, "utf8"));
    // The file is empty between its creation and its first write.
    if (owner === 0) return ageMs > 5_000;
    return ageMs > longestStepMs || !isAlive(owner);
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
