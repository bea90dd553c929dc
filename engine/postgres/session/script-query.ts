import type { Writable } from "node:stream";

/** What is used of the driver's connection. */
interface Wire {
  query(text: string): void;
  sendCopyFail(reason: string): void;
}

/**
 * A message of many statements of which nobody wants the rows: it counts the statements that succeeded, which the
 * protocol announces one by one, and keeps nothing else, however many there are. The driver calls its methods.
 */
export class ScriptQuery {
  readonly #text: string;
  readonly #done: (error?: Error) => void;
  /** How many statements have succeeded. */
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
