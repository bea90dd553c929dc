import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

const headBytes = 64 << 10;
/** Number of files that are read to detect a folder's format. */
const heads = 5;

/** True if one of the first scripts of a folder has the mark of its format near its beginning. */
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
    // The later reader of the folder reports the error.
    return "";
  }
}
