import { closeSync, openSync, readSync } from "node:fs";
import { unreadableScript } from "./folder-error.ts";
import { malformed } from "./format-error.ts";
import type { ScriptSection } from "./migration.ts";
import { type CommentLine, readScriptFacts, type ScriptFacts } from "./script-facts.ts";

/** A script whose sections are marked by comments. */
export interface MarkedScript extends ScriptFacts {
  file: string;
}

/** Reads an existing script, including the comments that may be markers. */
export function readMarkedScript(file: string): MarkedScript {
  return { ...readPresentScript(file, { comments: true }), file };
}

/** Reads an existing script. */
export function readPresentScript(file: string, options: { comments?: boolean } = {}): ScriptFacts {
  const facts = readScriptFacts(file, options);
  if (facts === undefined)
    throw unreadableScript(file, new Error("it disappeared while the folder was read"));
  return facts;
}

/**
 * The section from a marker to the next, or to the end of the file. It includes the marker, which is a harmless
 * comment.
 */
export function sectionOf(
  { file, sha256 }: MarkedScript,
  marker: CommentLine,
  { until, transaction }: { until: CommentLine | undefined; transaction: boolean },
): ScriptSection {
  return { file, start: marker.start, end: until?.start, sha256, transaction };
}

/** Throws a `FolderError` if statements precede the first marker: they would never run. */
export function requireNothingBefore({ file }: MarkedScript, marker: CommentLine): void {
  const head = Buffer.alloc(marker.start);
  const opened = openSync(file, "r");
  try {
    readSync(opened, head, 0, head.length, 0);
  } finally {
    closeSync(opened);
  }
  let start = 0;
  for (const line of head.toString("utf8").split("\n")) {
    if (!/^\uFEFF?\s*(?:--|$)/.test(line))
      throw malformed(
        { file, start },
        `Statements precede ${marker.text.trim()}, where nothing runs them. Move them below it.`,
      );
    start += Buffer.byteLength(line) + 1;
  }
}
