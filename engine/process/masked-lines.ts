import { withoutSecrets } from "../postgres/session/redaction.ts";
import { printable } from "../foreign-text.ts";
import type { SecretSpelling } from "./secret-spelling.ts";

/** The longest line that is passed on in one piece, characters: @pulumi/command gives up at one of 64 KiB. */
const longestLine = 16_384;

const mask = "[secret]";

/** How a terminal is told of colours, which many tools write into a pipe as well. */
// eslint-disable-next-line no-control-regex
const colour = /\x1b\[[\d;:]{0,40}m/g;

/**
 * Takes the output of a program in chunks and passes it on line by line, secrets masked, colours left out, and what else
 * would command a terminal or a log written out. A line is held back until its end has come, since a secret may be split
 * between two chunks.
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

  /** Takes what has been read. */
  push(chunk: string): void {
    // A carriage return alone redraws a line, as progress bars do; at the end of a chunk a line feed may follow it.
    const lines = `${this.#rest}${chunk}`.split(/\r?\n|\r(?=[^\n])/);
    const unended = lines.pop() ?? "";
    for (const line of lines) this.#write(masked(this.#passBeginning(line), this.#spellings));
    this.#rest = this.#passBeginning(unended);
  }

  /** Passes on what is left of a last line that has no end. */
  end(): void {
    if (this.#rest !== "") this.#write(masked(this.#rest, this.#spellings));
    this.#rest = "";
  }

  /** Passes on the beginning of an overlong line, up to where no secret is cut in two. Gives what is left of it. */
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
  // The secrets that are known go first: of one that holds a quote or a blank, a password that is told by what
  // stands before it would be only the beginning.
  const known = spellings.reduce((text, { pattern }) => text.replace(pattern, () => mask), line);
  return printable(withoutSecrets(known, []).replace(colour, ""));
}
