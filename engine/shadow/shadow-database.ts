import { randomBytes } from "node:crypto";
import { PgMigrationsError } from "../error.ts";
import { type Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection } from "../postgres/session/resolve-connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { requireUnprivileged } from "./require-unprivileged.ts";
import { ShadowError } from "./shadow-error.ts";

export interface ShadowDatabase {
  connection: Connection;
  /** For example `18.1`. */
  serverVersion: string;
  /** Drops it, even if sessions are connected to it; never rejects. */
  drop(): Promise<void>;
}

const prefix = "pulumi_pg_migrations_shadow_";
const leftoverAgeMs = 86_400_000;

/**
 * Creates an empty database under a random name. Drops those of this role that runs left behind which died more than a
 * day ago. Rejects with a `ShadowError` that names what the role or the server lacks, or that the role is a superuser.
 */
export async function createShadowDatabase(
  server: Connection,
  options: { encoding?: string | undefined; allowSuperuser?: boolean },
): Promise<ShadowDatabase> {
  const { encoding = "UTF8", allowSuperuser = false } = options;
  const name = `${prefix}${compactTime(new Date())}_${randomBytes(4).toString("hex")}`;
  const maintenance = maintenanceConnection(server);
  try {
    if (!allowSuperuser) await requireUnprivileged(maintenance);
    const serverVersion = await withDatabase(maintenance, async (session) => {
      await dropLeftovers(session);
      const facts = await readFacts(session);
      const statement = `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0`;
      await session.execute(`${statement} ${encodingClause(facts, encoding)}`);
      return facts.version;
    });
    return {
      connection: { ...server, database: name, schema: "public" },
      serverVersion,
      drop: () => dropDatabase(maintenance, name),
    };
  } catch (cause) {
    if (!(cause instanceof PgMigrationsError) || cause instanceof ShadowError) throw cause;
    throw unavailable(cause);
  }
}

function unavailable(cause: PgMigrationsError): ShadowError {
  const remedy =
    cause.sqlstate === sqlstate.insufficientPrivilege
      ? " Grant CREATEDB to the role of the shadow's connection."
      : "";
  return new ShadowError(
    "SHADOW_UNAVAILABLE",
    `A database cannot be created on the server that is named as the shadow: ${cause.message}.${remedy}`.replace(
      "..",
      ".",
    ),
    { cause, sqlstate: cause.sqlstate },
  );
}

interface ServerFacts {
  version: string;
  versionNumber: number;
  encoding: string;
}

async function readFacts(session: Database): Promise<ServerFacts> {
  const [facts] = await session.query<ServerFacts>(
    `SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
            pg_catalog.current_setting('server_version_num')::int AS "versionNumber",
            pg_catalog.pg_encoding_to_char(encoding) AS encoding
       FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'template0'`,
  );
  if (facts === undefined) throw new ShadowError("SHADOW_UNAVAILABLE", "The server has no template0.");
  return facts;
}

/** A locale belongs to an encoding; only C fits all of them. */
function encodingClause({ encoding, versionNumber }: ServerFacts, wanted: string): string {
  if (encoding === wanted) return "";
  const provider = versionNumber < 150000 ? "" : " LOCALE_PROVIDER libc";
  return `ENCODING ${quoteLiteral(wanted)}${provider} LC_COLLATE 'C' LC_CTYPE 'C'`;
}

async function dropLeftovers(session: Database): Promise<void> {
  const databases = await session.query<{ name: string }>(
    `SELECT datname AS name FROM pg_catalog.pg_database
      WHERE pg_catalog.starts_with(datname, $1) AND pg_catalog.pg_get_userbyid(datdba) OPERATOR(pg_catalog.=) current_user`,
    [prefix],
  );
  const newestLeftover = `${prefix}${compactTime(new Date(Date.now() - leftoverAgeMs))}`;
  for (const { name } of databases.filter((database) => database.name < newestLeftover))
    try {
      await session.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`);
    } catch (error) {
      // A session is connected to it, which must not be ended.
      if (!(error instanceof StatementFailure)) throw error;
    }
}

async function dropDatabase(maintenance: Connection, name: string): Promise<void> {
  await withDatabase(maintenance, async (session) => {
    await session.execute(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname OPERATOR(pg_catalog.=) ${quoteLiteral(name)}`,
    );
    await session.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`);
  }).catch(() => undefined);
}

/** For example `20261121t093000z`, which sorts by time. */
function compactTime(time: Date): string {
  return time.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "").toLowerCase();
}
