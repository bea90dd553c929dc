import { once } from "node:events";
import type { Writable } from "node:stream";
import { ScriptQuery } from "./script-query.ts";

/** The parts of the driver's connection that are used. */
interface Wire {
  stream: Writable;
}

const blanks = Buffer.alloc(64 << 10, " ");

/**
 * A statement that is sent while it is read, so memory does not grow with its size. The server is told its length first. A
 * shorter text is padded with spaces, and a longer one is cut.
 */
export class LongQuery extends ScriptQuery {
  #left: number;
  readonly #wire: Promise<Writable>;
  #begin: (stream: Writable) => void = () => undefined;

  constructor(bytes: number, done: (error?: Error) => void) {
    super("", done);
    this.#left = bytes;
    this.#wire = new Promise((resolve) => (this.#begin = resolve));
  }

  override submit({ stream }: Wire): void {
    const header = Buffer.alloc(5, "Q");
    header.writeInt32BE(4 + this.#left + 1, 1);
    stream.write(header);
    this.#begin(stream);
  }

  /** Sends some more of the statement; resolves when more can be sent, or when the connection is `finished`. */
  async write(text: string, finished: Promise<void>): Promise<void> {
    await this.#send(Buffer.from(text), finished);
  }

  /** Ends the statement, so that the server runs it. */
  async end(finished: Promise<void>): Promise<void> {
    while (this.#left > 0) await this.#send(blanks, finished);
    const stream = await this.#wire;
    stream.write(Buffer.alloc(1));
  }

  async #send(bytes: Buffer, finished: Promise<void>): Promise<void> {
    const stream = await Promise.race([this.#wire, finished.then(() => undefined)]);
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    if (stream === undefined || stream.write(part)) return;
    await Promise.race([finished, once(stream, "drain")]);
  }
}
