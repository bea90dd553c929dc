import type { Writable } from "node:stream";

/** The parts of the driver's connection that are used. */
interface Wire {
  query(text: string): void;
  sendCopyFail(reason: string): void;
}

/**
 * A message of many statements whose rows are not needed. It counts the successful statements, which the protocol
 * announces one by one, and keeps nothing else, however many there are. The driver calls its methods.
 */
export class ScriptQuery {
  readonly #text: string;
  readonly #done: (error?: Error) => void;
  /** Number of successful statements. */
  completed = 0;

  constructor(text: string, done: (error?: Error) => void) {
    this.#text = text;
    this.#done = done;
  }

  submit(connection: Wire & { stream: Writable }): void {
    connection.query(this.#text);
  }

  handleCommandComplete(): void {
    this.completed++;
  }

  handleReadyForQuery(): void {
    this.#done();
  }

  handleError(error: Error): void {
    this.#done(error);
  }

  handleCopyInResponse(connection: Wire): void {
    connection.sendCopyFail("no data come with this statement");
  }

  handleRowDescription(): void {
    // Nobody wants the rows.
  }

  handleDataRow(): void {
    // Nobody wants the rows.
  }

  handleEmptyQuery(): void {
    // Nothing was to be done.
  }

  handlePortalSuspended(): void {
    // Never asked for.
  }

  handleCopyData(): void {
    // Nobody wants the rows.
  }
}
