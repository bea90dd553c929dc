import { isUtf8 } from "node:buffer";
import { createHash, hash, type Hash } from "node:crypto";

/** The checksums of a script. All are SHA-256, hexadecimal. */
export interface ScriptChecksums {
  /** Of the unchanged bytes. */
  sha256: string;
  /** Prisma's checksum: of the text decoded as UTF-8, in which invalid bytes become U+FFFD. */
  checksum: string;
  /** Of the same text with LF and with CRLF line endings, if these differ: version control may convert them. */
  alternatives: string[];
  /** Of the text with LF line endings, and so equal on every machine. */
  portable: string;
}

/** The members of a migration whose ledger holds Prisma's checksum. */
export function checksumMembers({
  checksum,
  alternatives,
  portable,
}: Pick<ScriptChecksums, "alternatives" | "checksum" | "portable">): {
  checksum: string;
  alternativeChecksums: readonly string[];
  portableChecksum: string;
} {
  return { checksum, alternativeChecksums: alternatives, portableChecksum: portable };
}

/** Computes the checksums of a script that is read in pieces of any size. */
export class ChecksumsOfPieces {
  readonly #bytes = createHash("sha256");
  readonly #text = createHash("sha256");
  readonly #lineFeeds = createHash("sha256");
  readonly #carriageReturns = createHash("sha256");
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** A carriage return at the end of a piece; its line feed may follow in the next piece. */
  #heldBack = "";

  update(piece: Buffer): this {
    this.#bytes.update(piece);
    this.#add(this.#decoder.decode(piece, { stream: true }));
    return this;
  }

  digest(): ScriptChecksums {
    this.#add(this.#decoder.decode());
    for (const hash of [this.#lineFeeds, this.#carriageReturns]) hash.update(this.#heldBack);
    const checksum = digest(this.#text);
    const portable = digest(this.#lineFeeds);
    const variants = new Set([portable, digest(this.#carriageReturns)]);
    variants.delete(checksum);
    return { sha256: digest(this.#bytes), checksum, alternatives: [...variants], portable };
  }

  #add(text: string): void {
    this.#text.update(text, "utf8");
    const joined = this.#heldBack + text;
    this.#heldBack = joined.endsWith("\r") ? "\r" : "";
    const lineFeeds = (this.#heldBack === "" ? joined : joined.slice(0, -1)).replaceAll("\r\n", "\n");
    this.#lineFeeds.update(lineFeeds, "utf8");
    this.#carriageReturns.update(lineFeeds.replaceAll("\n", "\r\n"), "utf8");
  }
}

/** The checksums of a script in memory. A folder can hold ten thousand scripts, so the common case is fast. */
export function checksumsOf(script: Buffer): ScriptChecksums {
  if (!isUtf8(script)) return new ChecksumsOfPieces().update(script).digest();
  const sha256 = hash("sha256", script);
  if (!script.includes(10)) return { sha256, checksum: sha256, alternatives: [], portable: sha256 };
  const lineFeeds = script.toString("utf8").replaceAll("\r\n", "\n");
  const portable = script.includes(13) ? hash("sha256", lineFeeds) : sha256;
  const variants = new Set([portable, hash("sha256", lineFeeds.replaceAll("\n", "\r\n"))]);
  variants.delete(sha256);
  return { sha256, checksum: sha256, alternatives: [...variants], portable };
}

/**
 * True if a checksum from the ledger is one of a script's. Some versions of Prisma wrote each byte in hexadecimal
 * without its leading zero, which is accepted if the stored length shows it.
 */
export function isSameChecksum(stored: string, checksums: readonly string[]): boolean {
  if (checksums.includes(stored)) return true;
  return stored.length !== 64 && checksums.some((checksum) => unpadded(checksum) === stored);
}

function unpadded(checksum: string): string {
  return checksum.replace(/../g, (byte) => (byte.startsWith("0") ? byte.slice(1) : byte));
}

function digest(hash: Hash): string {
  return hash.digest("hex");
}
