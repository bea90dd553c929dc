import { spawn } from "node:child_process";
import { clearTimeout, setTimeout } from "node:timers";

/** Something the reader has to put right; its message says what and how. */
export class SetUpError extends Error {}

/**
 * Runs a command to its end without throwing: a command that is missing, fails or takes longer than
 * `timeoutMs` is `{ ok: false }` with what it wrote.
 */
export function run(command, args, { timeoutMs = 30_000, ...options } = {}) {
  return new Promise((resolve) => {
    let output = "";
    // A process group of its own lets the time-out end the command's children too.
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
    const killGroup = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    };
    const interrupt = () => {
      killGroup();
      process.exit(130);
    };
    const timer = setTimeout(killGroup, timeoutMs);
    const finish = (ok) => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
      resolve({ ok, output: output.trim() });
    };

    process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", () => finish(false));
    child.on("close", (code) => finish(code === 0));
  });
}

/** The last lines of a command's output, where it says why it failed. */
export function tail(output, lines = 15) {
  return output.split("\n").slice(-lines).join("\n");
}
