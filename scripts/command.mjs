import { spawn } from "node:child_process";
import { clearTimeout, setTimeout } from "node:timers";

/** An error for the user to fix; its message says what is wrong and how to fix it. */
export class SetUpError extends Error {}

/**
 * Runs a command to its end without throwing. For a command that is missing, fails or takes longer than `timeoutMs`,
 * the result is `{ ok: false }` with its output.
 */
export function run(command, args, { timeoutMs = 30_000, ...options } = {}) {
  return new Promise((resolve) => {
    let output = "";
    // In a separate process group, the timeout also ends the command's children.
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

/** The last lines of a command's output, which usually explain a failure. */
export function tail(output, lines = 15) {
  return output.split("\n").slice(-lines).join("\n");
}
