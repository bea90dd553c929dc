import { withoutSecrets } from "../postgres/session/redaction.ts";
import { printable } from "../foreign-text.ts";
import type { SecretSpelling } from "./secret-spelling.ts";

/** The longest line that is passed on in one piece, characters: @pulumi/command fails at one of 64 KiB. */
const longestLine = 16_384;

const mask = "[secret]";

/** Colour codes of terminals, which many tools also write into a pipe. */
// eslint-disable-next-line no-control-regex
const colour = /\x1b\[[\d;:]{0,40}m/g;

/**
 * Takes the output of a program in chunks and passes it on line by line, with secrets masked, colours removed, and
 * other control sequences escaped. A line is held back until it is complete, because a secret may be split between two
 * chunks.
 */
export class MaskedLines {
  readonly #spellings: readonly SecretSpelling[];
  readonly #write: (line: string) => void;
  readonly #heldBack: number;
  #rest = "";

  constructor(spellings: readonly SecretSpelling[], write: (line: string) => void) {
    this.#spellings = spellings;
    this.#write = write;
    this.#heldBack = Math.max(0, ...spellings.map(({ longest }) => longest));
  }

  /** Takes a chunk of output. */
  push(chunk: string): void {
    // A lone carriage return redraws a line, as progress bars do. At the end of a chunk a line feed may follow it.
    const lines = `${this.#rest}${chunk}`.split(/\r?\n|\r(?=[^\n])/);
    const unended = lines.pop() ?? "";
    for (const line of lines) this.#write(masked(this.#passBeginning(line), this.#spellings));
    this.#rest = this.#passBeginning(unended);
  }

  /** Passes on the rest, a last line without an ending. */
  end(): void {
    if (this.#rest !== "") this.#write(masked(this.#rest, this.#spellings));
    this.#rest = "";
  }

  /** Passes on the beginning of an overlong line, cut where no secret is split. Returns the rest. */
  #passBeginning(line: string): string {
    if (line.length <= longestLine + this.#heldBack) return line;
    const secrets = this.#spellings.flatMap(({ pattern }) =>
      [...line.matchAll(pattern)].map(({ 0: { length }, index }) => ({ begin: index, end: index + length })),
    );
    const across = secrets.filter(({ begin, end }) => begin < longestLine && end > longestLine);
    const place = Math.max(longestLine, ...across.map(({ end }) => end));
    this.#write(masked(line.slice(0, place), this.#spellings));
    return this.#passBeginning(line.slice(place));
  }
}

function masked(line: string, spellings: readonly SecretSpelling[]): string {
  // Known secrets are masked first: a password recognized by the text before it would end at a quote or a space.
  const known = spellings.reduce((text, { pattern }) => text.replace(pattern, () => mask), line);
  return printable(withoutSecrets(known, []).replace(colour, ""));
}
