import pg from "pg";
import type { Connection, ResolvedConnection } from "./connection.ts";
import { resolveConnection } from "./connection.ts";
import { ConnectionError, explainConnectionFailure } from "./connection-error.ts";
import { quoteIdentifier } from "./identifier.ts";
import { secretsOf, withoutSecrets } from "./redaction.ts";
import { StatementFailure } from "./statement-failure.ts";

/** The name by which sessions of this package are known in `pg_stat_activity`. */
export const applicationName = "pulumi-pg-migrations";

/** Settings of a session, given when it is opened so that `RESET ALL` brings them back. */
export interface SessionSettings {
  /** How long one statement may wait for one lock, milliseconds; 0 waits for ever. Default: 0. */
  lockTimeoutMs?: number | undefined;
  /** How long one statement may run, milliseconds; 0 is for ever. Default: 0. */
  statementTimeoutMs?: number | undefined;
}

/** One open session on one database. */
export interface Database {
  /** Where the session is connected, without any secret. */
  readonly address: { host: string; port: number; database: string; user: string; schema: string };
  /** Runs one statement with parameters and gives its rows. Rejects with a `StatementFailure`. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Sends a script of any number of statements in one message. Rejects with a `StatementFailure`. */
  execute(script: string): Promise<void>;
  /** Masks the secrets of this connection in a text that is about to be shown. */
  redact(text: string): string;
  /** Ends the session; never rejects. */
  close(): Promise<void>;
}

/** Opens one session. Rejects with a `ConnectionError` that says what to do. */
export async function connect(connection: Connection, settings: SessionSettings = {}): Promise<Database> {
  const resolved = resolveConnection(connection);
  const client = new pg.Client(clientConfiguration(resolved, settings));
  // Without a listener a connection that breaks between two queries would end the process; the
  // next query rejects all the same.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw explainConnectionFailure(cause, { ...resolved, user: resolved.user ?? client.user });
  }
  return new Session(client, resolved);
}

/** Opens a session, hands it to `use`, and closes it whatever happens. */
export async function withDatabase<Result>(
  connection: Connection,
  use: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await connect(connection);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

class Session implements Database {
  readonly address: Database["address"];
  readonly #client: pg.Client;
  readonly #secrets: string[];

  constructor(client: pg.Client, resolved: ResolvedConnection) {
    const { host, port, database, schema } = resolved;
    this.address = { host, port, database, schema, user: client.user ?? "" };
    this.#client = client;
    this.#secrets = secretsOf(resolved);
  }

  async query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> {
    try {
      return (await this.#client.query<Row>(sql, values)).rows;
    } catch (cause) {
      throw this.#failure(cause, 0);
    }
  }

  async execute(script: string): Promise<void> {
    let completed = 0;
    const count = (): number => completed++;
    // The protocol does not say which statement of a script failed, but it does announce each that succeeded.
    const messages = (this.#client as unknown as { connection: NodeJS.EventEmitter }).connection;
    messages.on("commandComplete", count);
    try {
      await this.#client.query(script);
    } catch (cause) {
      throw this.#failure(cause, completed);
    } finally {
      messages.off("commandComplete", count);
    }
  }

  redact(text: string): string {
    return withoutSecrets(text, this.#secrets);
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  #failure(cause: unknown, completed: number): StatementFailure | ConnectionError {
    if (cause instanceof pg.DatabaseError && !endsSession(cause))
      return new StatementFailure(cause, completed, (text) => this.redact(text));
    const { host, port } = this.address;
    return new ConnectionError(
      "CONNECTION_LOST",
      `The connection to ${host}:${port} was lost: ${this.redact((cause as Error).message)}. ` +
        `Run pulumi up again; the ledger in the database says what has been done.`,
      { cause },
    );
  }
}

/** Errors after which the server hangs up: an administrator, a shutdown, a time-out of idle or long transactions. */
function endsSession({ code = "" }: pg.DatabaseError): boolean {
  return code.startsWith("57P") || code === "25P03" || code === "25P04";
}

function clientConfiguration(resolved: ResolvedConnection, settings: SessionSettings): pg.ClientConfig {
  return {
    host: resolved.host,
    port: resolved.port,
    database: resolved.database,
    ...(resolved.user === undefined ? {} : { user: resolved.user }),
    ...(resolved.password === undefined ? {} : { password: resolved.password }),
    ssl: resolved.ssl === false ? false : resolved.ssl,
    application_name: applicationName,
    connectionTimeoutMillis: resolved.connectTimeoutSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: startupOptions({
      search_path: quoteIdentifier(resolved.schema),
      client_encoding: "UTF8",
      standard_conforming_strings: "on",
      lock_timeout: String(settings.lockTimeoutMs ?? 0),
      statement_timeout: String(settings.statementTimeoutMs ?? 0),
      // Nothing pauses inside a transaction here, so one that is idle belongs to a client that has gone without a
      // word, and its locks stop the application.
      idle_in_transaction_session_timeout: "60000",
    }),
  };
}

/** Writes settings as start-up options, where a blank or a backslash has to be escaped. */
function startupOptions(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, String.raw`\$&`)}`)
    .join(" ");
}
