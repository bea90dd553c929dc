import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

const headBytes = 64 << 10;
/** So many files tell what a folder's format is. */
const heads = 5;

/** Whether one of the first scripts of a folder has, near its beginning, what marks its format. */
export function someScriptHas(dir: string, scripts: readonly string[], mark: RegExp): boolean {
  return scripts.slice(0, heads).some((name) => mark.test(headOf(join(dir, name))));
}

/** The beginning of a script; empty if it cannot be read. */
export function headOf(file: string): string {
  try {
    const opened = openSync(file, "r");
    try {
      const head = Buffer.alloc(headBytes);
      return head.toString("utf8", 0, readSync(opened, head, 0, headBytes, 0));
    } finally {
      closeSync(opened);
    }
  } catch {
    // Whoever reads the folder next says why it cannot be read.
    return "";
  }
}
