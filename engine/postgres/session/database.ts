import type { SessionSchema } from "./session-schema.ts";

/** Where a session is connected, and where names without a schema lead to in it. */
export interface Address extends SessionSchema {
  host: string;
  port: number;
  database: string;
  user: string;
  /** Whether the connection names the schema, instead of leaving it to the server's search path. */
  isSchemaGiven: boolean;
}

/** What takes the statements for one database: a session, or what collects them to be sent later. */
export interface Queryable {
  /** Where the session is connected, without any secret. */
  readonly address: Address;
  /**
   * Runs one statement and gives its rows; or, without parameters, several in one message, and gives the rows of their
   * last SELECT. Rejects with a `StatementFailure`.
   */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** One open session on one database. */
export interface Database extends Queryable {
  /** Sends a script of any number of statements in one message. Rejects with a `StatementFailure`. */
  execute(script: string): Promise<void>;
  /** Begins a COPY ... FROM stdin, whose data are then written. Rejects with a `StatementFailure`. */
  copyIn(statement: string): TextInParts;
  /** Begins a statement of that many bytes, whose text is then written. Rejects with a `StatementFailure`. */
  executeInParts(bytes: number): TextInParts;
  /** Hands what the server says beside results, such as a NOTICE, to a listener from now on; undefined ends that. */
  listen(listener: ((notice: Notice) => void) | undefined): void;
  /** Opens one more session, with the same connection and settings. Rejects with a `ConnectionError`. */
  another(): Promise<Database>;
  /** The number of the server process, as it was told when the session was opened. */
  readonly announcedPid: number;
  /** Gives the connection up, for a reason: whatever it is waiting for rejects with a `ConnectionError`. */
  abandon(reason: string): void;
  /** Whether the connection was found to be lost; nothing can be done with it any more. */
  readonly isLost: boolean;
  /** Masks the secrets of this connection in a text that is about to be shown. */
  redact(text: string): string;
  /** Ends the session; never rejects. */
  close(): Promise<void>;
}

/** What the server says beside results, in one line. */
export interface Notice {
  /** `NOTICE`, `WARNING` or `INFO`, in the server's language. */
  severity: string;
  message: string;
}

/** The data of a COPY, or a long statement, on their way to the server. */
export interface TextInParts {
  /** Sends some of the text; resolves when more can be taken. */
  write(text: string): Promise<void>;
  /** Ends the text; resolves when the server is done with all of it. Rejects with a `StatementFailure`. */
  end(): Promise<void>;
}
