import pg from "pg";
import { guardAuthentication } from "./authentication-guard.ts";
import { clientConfiguration } from "./client-configuration.ts";
import type { Connection, ResolvedConnection } from "./connection.ts";
import { resolveConnection } from "./resolve-connection.ts";
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
import type { Database } from "./database.ts";
import type { SessionSettings } from "./session-settings.ts";
import { sqlstate } from "../text/sqlstate.ts";

/** Opens one session. Rejects with a `ConnectionError` that names the remedy. */
export async function connect(connection: Connection, settings: SessionSettings = {}): Promise<Database> {
  return (await connectAsking(connection, settings, readSessionSchema)).database;
}

/** The same with more to read in the first query. Returns the findings too. */
export async function connectAsking<Found extends SessionSchema>(
  connection: Connection,
  settings: SessionSettings,
  readSchema: ReadSchema<Found>,
): Promise<{ database: Database; found: Found }> {
  const resolved = resolveConnection(connection);
  // The schema that one session of a run has found stays the run's, even if the search path changes.
  const another = async (schema: SessionSchema): Promise<Database> =>
    (await connectAsking(connection, settings, () => Promise.resolve(schema))).database;
  try {
    return await openSession(resolved, { ...settings, checksClient: true }, { readSchema, another });
  } catch (error) {
    // Servers before 14, and some platforms, cannot check whether the client is alive.
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
  // Without a listener, a connection that breaks between two queries would end the process. The next query rejects
  // anyway.
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

/** The connection timeout also applies to a server that does not answer the first query. */
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

/** Opens a session, passes it to `use`, and always closes it. */
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
