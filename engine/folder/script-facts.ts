import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { checksumsOf, ChecksumsOfPieces, type ScriptChecksums } from "./checksum.ts";
import { keepMemorySmall } from "../postgres/script/large-script-memory.ts";
import { unreadableScript } from "./folder-error.ts";
import type { ScriptSection } from "./migration.ts";

/** A line of a script that begins with two hyphens after optional spaces, by which some formats mark sections. */
export interface CommentLine {
  /** The line without its ending. */
  text: string;
  /** Offset of its first byte. */
  start: number;
  /** Offset of the byte after its ending. */
  end: number;
}

/** The facts about a script's file, without its text. */
export interface ScriptFacts extends ScriptChecksums {
  /** The lines that begin with two hyphens after optional spaces, if they were requested. */
  comments: CommentLine[];
}

const pieceBytes = 1 << 20;
/** Up to this size a file is read in one call. */
const smallBytes = 4 << 20;

/**
 * Reads a script, a large one in pieces, so that its size does not matter. Returns undefined if the file does not
 * exist; throws a `FolderError` if it cannot be read.
 */
export function readScriptFacts(file: string, options: { comments?: boolean } = {}): ScriptFacts | undefined {
  const comments = new CommentLines();
  const look = (piece: Buffer): void => {
    if (options.comments === true) comments.update(piece);
  };
  try {
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return undefined;
    const read = status.size <= smallBytes && status.isFile() ? readAtOnce : readInPieces;
    const checksums = read(file, look);
    return { ...checksums, comments: comments.finish() };
  } catch (error) {
    throw unreadableScript(file, error);
  }
}

function readAtOnce(file: string, look: (piece: Buffer) => void): ScriptChecksums {
  const script = readFileSync(file);
  look(script);
  return checksumsOf(script);
}

function readInPieces(file: string, look: (piece: Buffer) => void): ScriptChecksums {
  keepMemorySmall();
  const checksums = new ChecksumsOfPieces();
  const portion = Buffer.alloc(pieceBytes);
  const opened = openSync(file, "r");
  try {
    for (let bytes = readSync(opened, portion); bytes > 0; bytes = readSync(opened, portion)) {
      checksums.update(portion.subarray(0, bytes));
      look(portion.subarray(0, bytes));
    }
  } finally {
    closeSync(opened);
  }
  return checksums.digest();
}

/** The whole of a file as one section. */
export function wholeFile(file: string, { sha256 }: Pick<ScriptFacts, "sha256">): ScriptSection {
  return { file, start: 0, end: undefined, sha256, transaction: true };
}

class CommentLines {
  readonly #found: CommentLine[] = [];
  /** The parts of a line that is not complete yet. Joining them with each piece would copy them again and again. */
  #rest: Buffer[] = [];
  /** Offset of that line. */
  #offset = 0;

  update(piece: Buffer): void {
    let from = 0;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, from)) {
      this.#endLine(piece.subarray(from, at), 1);
      from = at + 1;
    }
    // The piece's memory is reused.
    if (from < piece.length) this.#rest.push(Buffer.from(piece.subarray(from)));
  }

  finish(): CommentLine[] {
    this.#endLine(Buffer.alloc(0), 0);
    return this.#found;
  }

  #endLine(end: Buffer, ending: number): void {
    const line = this.#rest.length === 0 ? end : Buffer.concat([...this.#rest, end]);
    this.#rest = [];
    const start = this.#offset;
    this.#offset += line.length + ending;
    this.#look(line, start, this.#offset);
  }

  #look(line: Buffer, start: number, end: number): void {
    // A byte-order mark may precede the first line.
    const from = start === 0 && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0;
    let first = from;
    while (line[first] === 32 || line[first] === 9) first++;
    if (line[first] !== 45 || line[first + 1] !== 45) return;
    this.#found.push({ text: line.toString("utf8", from).replace(/\r$/, ""), start: start + from, end });
  }
}
