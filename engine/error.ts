import { printable } from "./foreign-text.ts";

/**
 * The base class of every error that this package throws on purpose. It stands for a broken precondition; its `message`
 * says what happened, to which object, and what to do next.
 *
 * Expected outcomes (a migration that fails, a check that is violated) are data, not errors.
 */
export abstract class PgMigrationsError extends Error {
  /** A stable identifier to branch on, such as `FOLDER_NOT_FOUND`. */
  readonly code: string;
  /** PostgreSQL's five-character error code, if the server is the cause. */
  readonly sqlstate: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; sqlstate?: string | undefined } = {},
  ) {
    super(printable(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.sqlstate = options.sqlstate;
  }
}
