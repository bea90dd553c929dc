import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from "node:fs";
import type { ScriptLines, ScriptSource } from "../postgres/script/script-lines.ts";
import { FolderError, unreadableScript } from "./folder-error.ts";
import type { ScriptSection } from "./migration.ts";

const portionBytes = 64 << 10;

/**
 * A section of a file as a script. Reading it rejects with a `FolderError` for text that PostgreSQL cannot take, and at
 * the end if the file has changed since it was planned.
 */
export function scriptSource(section: ScriptSection): ScriptSource {
  const size = sizeOf(section.file);
  return {
    bytes: (section.end ?? size) - section.start,
    hasByteOrderMark: beginsWithMark(section.file),
    read: () => read(section, size),
  };
}

function beginsWithMark(file: string): boolean {
  let opened: number | undefined;
  try {
    opened = openSync(file, "r");
    const head = Buffer.alloc(3);
    return readSync(opened, head) === 3 && head.equals(Buffer.from("\uFEFF"));
  } catch (error) {
    throw unreadableScript(file, error);
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw unreadableScript(file, error);
  }
}

async function* read(section: ScriptSection, size: number): AsyncIterable<ScriptLines> {
  const hash = createHash("sha256");
  let offset = 0;
  let line = 1;
  for await (const bytes of wholeLines(section.file, size)) {
    hash.update(bytes);
    const wanted = within(bytes, offset, section);
    if (wanted.length > 0) yield { text: decode(wanted, { file: section.file, line }), line };
    offset += bytes.length;
    line += lineFeeds(bytes);
  }
  if (hash.digest("hex") !== section.sha256)
    throw new FolderError(
      "SCRIPT_CHANGED",
      `${section.file} has changed since it was planned. None of it was run. Run pulumi up again.`,
    );
}

/** Yields the bytes of a file of the given size in portions that end with a line. Rejects with a `FolderError`. */
export async function* wholeLines(file: string, size = sizeOf(file)): AsyncIterable<Buffer> {
  let rest: Buffer[] = [];
  try {
    // A single read is much faster, and most scripts are small.
    if (size <= portionBytes) {
      yield readFileSync(file);
      return;
    }
    for await (const piece of createReadStream(file, {
      highWaterMark: portionBytes,
    }) as AsyncIterable<Buffer>) {
      const end = piece.lastIndexOf(10) + 1;
      if (end === 0) {
        rest.push(piece);
        continue;
      }
      yield Buffer.concat([...rest, piece.subarray(0, end)]);
      rest = end === piece.length ? [] : [Buffer.from(piece.subarray(end))];
    }
  } catch (error) {
    throw unreadableScript(file, error);
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** Sections begin and end with a line, so the lines of a portion are counted from its own beginning. */
function within(bytes: Buffer, offset: number, { start, end = Infinity }: ScriptSection): Buffer {
  if (offset >= start && offset + bytes.length <= end) return bytes;
  const [from, to] = [Math.max(start - offset, 0), Math.min(end - offset, bytes.length)];
  // The text before the section is blanked out, so that lines keep their numbers.
  if (from >= bytes.length || to <= 0) return Buffer.alloc(0);
  const before = Buffer.alloc(lineFeeds(bytes.subarray(0, from)), 10);
  return Buffer.concat([before, bytes.subarray(from, to)]);
}

function decode(bytes: Buffer, { file, line }: { file: string; line: number }): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    throw new FolderError(
      "SCRIPT_HAS_NUL",
      `${file}:${line + lineFeeds(bytes.subarray(0, zero))} holds a NUL byte, which PostgreSQL cannot store. ` +
        `If the file was saved as UTF-16, save it as UTF-8.`,
    );
  if (!isUtf8(bytes))
    throw new FolderError(
      "SCRIPT_NOT_UTF8",
      `${file}:${line + lineFeeds(bytes.subarray(0, firstInvalidByte(bytes)))} is not valid UTF-8. ` +
        `Convert the file to UTF-8.`,
    );
  const text = bytes.toString("utf8");
  // A byte-order mark at the beginning is not SQL; psql drops it too.
  return line === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function lineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function firstInvalidByte(bytes: Buffer): number {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const replacement = Buffer.from("\uFFFD");
  let offset = 0;
  for (const character of text) {
    const length = Buffer.byteLength(character);
    if (character === "\uFFFD" && !bytes.subarray(offset, offset + 3).equals(replacement)) return offset;
    offset += length;
  }
  return offset;
}
