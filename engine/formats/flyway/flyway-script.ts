import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { unreadableScript } from "../../folder/folder-error.ts";
import { needsTool } from "../../folder/format-error.ts";
import { wholeLines } from "../../folder/script-source.ts";

/** The settings in Flyway's configuration file beside a script. */
export interface FlywayScriptSettings {
  transaction: boolean;
  placeholders: boolean;
}

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const placeholder = /\$\{[^}\n]*\}/;

/**
 * Reads a script as Flyway does and returns its checksum, computed from its lines without their endings. As in the
 * ledger, it is a signed number. Throws a `FolderError` for a placeholder, because nothing would replace it.
 */
export async function readFlywayScript(file: string, settings: FlywayScriptSettings): Promise<number> {
  let [checksum, offset] = [0, 0];
  for await (const bytes of wholeLines(file)) {
    const begin = offset === 0 && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
    checksum = crc32(withoutLineEnds(bytes.subarray(begin)), checksum);
    // A placeholder does not continue on the next line.
    if (settings.placeholders) requireNoPlaceholder(file, bytes, offset);
    offset += bytes.length;
  }
  // The ledger's column is a signed number of 32 bits.
  return checksum | 0;
}

/** Reads `V1__x.sql.conf`, if there is one. */
export function readScriptSettings(file: string): FlywayScriptSettings {
  const configuration = `${file}.conf`;
  let text = "";
  try {
    text = readFileSync(configuration, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw unreadableScript(configuration, error);
  }
  const isOff = (key: string): boolean => new RegExp(String.raw`^\s*${key}\s*=\s*false\s*$`, "m").test(text);
  return { transaction: !isOff("executeInTransaction"), placeholders: !isOff("placeholderReplacement") };
}

function withoutLineEnds(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (const byte of bytes) if (byte !== lineFeed && byte !== carriageReturn) kept[length++] = byte;
  return kept.subarray(0, length);
}

function requireNoPlaceholder(file: string, bytes: Buffer, offset: number): void {
  // Most scripts have none, and a search for bytes is fast.
  if (!bytes.includes("${")) return;
  const text = bytes.toString("latin1");
  const found = placeholder.exec(text);
  if (found === null) return;
  throw needsTool(
    { file, start: offset + found.index },
    `Flyway would replace ${found[0]} with a value that is unknown here. Write the value or, if you mean the ` +
      `characters themselves, put placeholderReplacement=false into ${file}.conf, which Flyway reads too.`,
  );
}
