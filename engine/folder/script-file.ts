import { readFile } from "node:fs/promises";
import { prismaChecksums } from "./checksum.ts";
import { FolderError, unreadableScript } from "./folder-error.ts";
import type { Migration } from "./folder.ts";

/**
 * Reads a migration's script for running it. Rejects with a `FolderError` on text that PostgreSQL cannot take,
 * and on a script that has changed since its checksum was taken.
 */
export async function readScriptFile(migration: Migration): Promise<string> {
  const bytes = await readFile(migration.file).catch((cause: unknown) => {
    throw unreadableScript(migration.file, cause);
  });
  if (prismaChecksums(bytes).checksum !== migration.checksum)
    throw new FolderError(
      "SCRIPT_CHANGED",
      `${migration.file} has changed since it was planned. Nothing of it was run; run pulumi up again.`,
    );
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    throw new FolderError(
      "SCRIPT_HAS_NUL",
      `${migration.file}:${lineOf(bytes, zero)} holds a NUL byte, which PostgreSQL cannot store. ` +
        `Was the file saved as UTF-16? Save it as UTF-8.`,
    );
  try {
    // A byte-order mark, which the decoder drops, is not SQL; psql drops it too.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FolderError(
      "SCRIPT_NOT_UTF8",
      `${migration.file}:${lineOf(bytes, firstInvalidByte(bytes))} is not valid UTF-8. Convert the file to UTF-8.`,
    );
  }
}

function lineOf(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
  return line;
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
