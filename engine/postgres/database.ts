import pg from "pg";
import { guardAuthentication } from "./authentication-guard.ts";
import { clientConfiguration } from "./client-configuration.ts";
import type { Connection, ResolvedConnection } from "./connection.ts";
import { resolveConnection } from "./connection.ts";
import { ConnectionError, explainConnectionFailure } from "./connection-error.ts";
import { announceQuery } from "./query-channel.ts";
import { Session } from "./session.ts";
import {
  type AskFirst,
  givenSchema,
  type ReadSchema,
  readSessionSchema,
  type SessionSchema,
} from "./session-schema.ts";
import type { SessionSettings } from "./session-settings.ts";
import { sqlstate } from "./sqlstate.ts";

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

/** Opens one session. Rejects with a `ConnectionError` that says what to do. */
export async function connect(connection: Connection, settings: SessionSettings = {}): Promise<Database> {
  return (await connectAsking(connection, settings, readSessionSchema)).database;
}

/** The same for whoever has more to ask in its first query; gives what was found. */
export async function connectAsking<Found extends SessionSchema>(
  connection: Connection,
  settings: SessionSettings,
  readSchema: ReadSchema<Found>,
): Promise<{ database: Database; found: Found }> {
  const resolved = resolveConnection(connection);
  // A schema that one session of a run has found stays the run's, whatever becomes of the search path.
  const another = async (schema: SessionSchema): Promise<Database> =>
    (await connectAsking(connection, settings, () => Promise.resolve(schema))).database;
  try {
    return await openSession(resolved, { ...settings, checksClient: true }, { readSchema, another });
  } catch (error) {
    // Servers before 14, and some platforms, do not know how to look whether the client is still there.
    if (!(error instanceof ConnectionError) || !isUnknownSetting(error)) throw error;
    return openSession(resolved, settings, { readSchema, another });
  }
}

function isUnknownSetting({ sqlstate: code }: ConnectionError): boolean {
  return code === sqlstate.undefinedObject || code === sqlstate.invalidParameterValue;
}

async function openSession<Found extends SessionSchema>(
  resolved: ResolvedConnection,
  settings: SessionSettings & { checksClient?: boolean },
  {
    readSchema,
    another,
  }: { readSchema: ReadSchema<Found>; another: (schema: SessionSchema) => Promise<Database> },
): Promise<{ database: Database; found: Found }> {
  const client = new pg.Client(clientConfiguration(resolved, settings));
  // Without a listener a connection that breaks between two queries would end the process; the
  // next query rejects all the same.
  client.on("error", () => undefined);
  guardAuthentication(client, resolved.tls);
  try {
    await client.connect();
    const found = await readSchema(firstQueryOf(client, resolved), givenSchema(resolved));
    const { showDetails: showsDetails = true } = settings;
    const { schema, searchPath } = found;
    const place = { schema, searchPath };
    const database = new Session(client, resolved, { place, another: () => another(place), showsDetails });
    return { database, found };
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw explainConnectionFailure(cause, { ...resolved, user: resolved.user ?? client.user });
  }
}

/** A server that answers nothing any more is found out as while connecting. */
function firstQueryOf(
  client: pg.Client,
  { connectTimeoutSeconds }: Pick<ResolvedConnection, "connectTimeoutSeconds">,
): AskFirst {
  return async <Row extends object>(text: string, values: unknown[] = []) => {
    announceQuery(text);
    const query = { text, values, query_timeout: connectTimeoutSeconds * 1000 };
    return (await client.query<Row>(query)).rows;
  };
}

/** Opens a session, hands it to `use`, and closes it whatever happens. */
export async function withDatabase<Result>(
  connection: Connection,
  use: (database: Database) => Promise<Result>,
  settings: SessionSettings = {},
): Promise<Result> {
  const database = await connect(connection, settings);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
