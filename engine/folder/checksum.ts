import { createHash } from "node:crypto";

/**
 * The checksums of a script in Prisma's way: SHA-256 of the text decoded as UTF-8, in which invalid bytes
 * become U+FFFD. The alternatives are those of the same text with LF and with CRLF line endings, since
 * version control may convert them. The portable one, that of LF, is equal on every machine.
 */
export function prismaChecksums(script: Buffer): {
  checksum: string;
  alternatives: string[];
  portable: string;
} {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(script);
  const checksum = sha256(text);
  if (!text.includes("\n")) return { checksum, alternatives: [], portable: checksum };
  const lineFeeds = text.replaceAll("\r\n", "\n");
  const portable = sha256(lineFeeds);
  const variants = [portable, sha256(lineFeeds.replaceAll("\n", "\r\n"))];
  return { checksum, alternatives: variants.filter((variant) => variant !== checksum), portable };
}

/**
 * Whether a checksum from the ledger is one of a script's. Some versions of Prisma wrote each byte in
 * hexadecimal without its leading zero, which is accepted where the stored length shows it.
 */
export function isSameChecksum(stored: string, checksums: readonly string[]): boolean {
  if (checksums.includes(stored)) return true;
  return stored.length !== 64 && checksums.some((checksum) => unpadded(checksum) === stored);
}

function unpadded(checksum: string): string {
  return checksum.replace(/../g, (byte) => (byte.startsWith("0") ? byte.slice(1) : byte));
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
