import type { SessionSchema } from "./session-schema.ts";

/** The place of a session, and the schemas that its unqualified names resolve to. */
export interface Address extends SessionSchema {
  host: string;
  port: number;
  database: string;
  user: string;
  /** True if the connection names the schema, instead of leaving it to the server's search path. */
  isSchemaGiven: boolean;
}

/** Receives the statements for one database: a session, or a collector that sends them later. */
export interface Queryable {
  /** The place of the session, without secrets. */
  readonly address: Address;
  /**
   * Runs one statement and returns its rows. Without parameters, runs several in one message and returns the rows of
   * their last SELECT. Rejects with a `StatementFailure`.
   */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** One open session on one database. */
export interface Database extends Queryable {
  /** Sends a script of any number of statements in one message. Rejects with a `StatementFailure`. */
  execute(script: string): Promise<void>;
  /** Starts a COPY ... FROM stdin, whose data are then written. Rejects with a `StatementFailure`. */
  copyIn(statement: string): TextInParts;
  /** Starts a statement of that many bytes, whose text is then written. Rejects with a `StatementFailure`. */
  executeInParts(bytes: number): TextInParts;
  /**
   * Passes the server's messages outside of results, such as a NOTICE, to a listener from now on; undefined removes it.
   */
  listen(listener: ((notice: Notice) => void) | undefined): void;
  /** Opens one more session, with the same connection and settings. Rejects with a `ConnectionError`. */
  another(): Promise<Database>;
  /** The number of the server process, as announced when the session was opened. */
  readonly announcedPid: number;
  /** Abandons the connection for a reason: pending calls reject with a `ConnectionError`. */
  abandon(reason: string): void;
  /** True if the connection is known to be lost, and so unusable. */
  readonly isLost: boolean;
  /** Masks the secrets of this connection in a text before it is shown. */
  redact(text: string): string;
  /** Ends the session; never rejects. */
  close(): Promise<void>;
}

/** A message of the server outside of results, in one line. */
export interface Notice {
  /** `NOTICE`, `WARNING` or `INFO`, in the server's language. */
  severity: string;
  message: string;
}

/** The data of a COPY, or a long statement, while they are sent. */
export interface TextInParts {
  /** Sends some of the text; resolves when more can be sent. */
  write(text: string): Promise<void>;
  /** Ends the text; resolves when the server has processed all of it. Rejects with a `StatementFailure`. */
  end(): Promise<void>;
}
