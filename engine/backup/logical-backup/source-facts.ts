import { type Connection } from "../../postgres/session/connection.ts";
import { resolveConnection } from "../../postgres/session/resolve-connection.ts";
import { type Database } from "../../postgres/session/database.ts";
import { withDatabase } from "../../postgres/session/connect.ts";
import { StatementFailure } from "../../postgres/text/statement-failure.ts";
import type { DatabaseLocale } from "./restore-archive-command.ts";

/** The facts about the database to dump. */
export interface SourceFacts {
  /** For example `15.18`. */
  serverVersion: string;
  databaseBytes: number;
  /** Identifies the server. */
  server: string;
  /** The visible transactions: `xmin:xmax:running,running`, as PostgreSQL prints a snapshot. */
  snapshot: string;
  locale: DatabaseLocale;
}

/** Reads the facts in one session. */
export async function readSourceFacts(connection: Connection): Promise<SourceFacts> {
  const { host, port } = resolveConnection(connection);
  return withDatabase(connection, async (session) => {
    const [facts] = await session.query<
      Omit<SourceFacts, "databaseBytes" | "server" | "locale"> & { bytes: string }
    >(
      `SELECT pg_catalog.current_setting('server_version') AS "serverVersion",
              pg_catalog.pg_database_size(pg_catalog.current_database()) AS bytes,
              pg_catalog.txid_current_snapshot()::pg_catalog.text AS snapshot`,
    );
    const cluster = await systemIdentifier(session);
    const address = `${connection.tlsServerName ?? host}:${port}`;
    return {
      serverVersion: facts?.serverVersion.split(" ")[0] ?? "",
      databaseBytes: Number(facts?.bytes ?? 0),
      snapshot: facts?.snapshot ?? "",
      server: cluster === undefined ? address : `${address}/${cluster}`,
      locale: await readLocale(session),
    };
  });
}

/** The identifier from initdb; undefined if the role cannot read it. */
async function systemIdentifier(session: Database): Promise<string | undefined> {
  try {
    const [row] = await session.query<{ identifier: string }>(
      "SELECT system_identifier::pg_catalog.text AS identifier FROM pg_catalog.pg_control_system()",
    );
    return row?.identifier;
  } catch (error) {
    if (error instanceof StatementFailure) return undefined;
    throw error;
  }
}

/** The columns of pg_database for locales differ between versions. */
async function readLocale(session: Database): Promise<DatabaseLocale> {
  const [row] = await session.query<{ encoding: string; database: Record<string, string | null> }>(
    `SELECT pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, pg_catalog.to_jsonb(d) AS database
       FROM pg_catalog.pg_database d WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()`,
  );
  const { datcollate, datctype, datlocprovider, daticulocale, datlocale } = row?.database ?? {};
  const providers: Record<string, string> = { c: "libc", i: "icu", b: "builtin" };
  return {
    encoding: row?.encoding ?? "UTF8",
    collate: datcollate ?? "C",
    ctype: datctype ?? "C",
    provider: datlocprovider ? providers[datlocprovider] : undefined,
    locale: datlocale ?? daticulocale ?? undefined,
  };
}
