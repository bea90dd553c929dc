import type { Steps } from "../plan/step.ts";
import type { Database } from "../postgres/session/database.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import {
  type AskFirst,
  schemaOf,
  type SearchPath,
  searchPathColumns,
  type SessionSchema,
} from "../postgres/session/session-schema.ts";
import { sessionMark } from "../postgres/session/session-settings.ts";
import { PreflightError } from "./preflight-error.ts";

/** The oldest server that the tests run on. */
const oldestVersion = 130000;

/** The server's facts about itself, the role and the target. */
export interface ServerFacts {
  /** Such as `15.18`. */
  version: string;
  /** Such as 150018. */
  versionNumber: number;
  /** The number of the server process that answered. */
  backendPid: number;
  /** True if the session has the settings that it was opened with. */
  hasSettings: boolean;
  /** True for a standby, which does not accept writes. */
  inRecovery: boolean;
  /** True if transactions of this role start read-only. */
  readOnly: boolean;
  schemaExists: boolean;
  mayCreateSchema: boolean;
  mayUseSchema: boolean;
  mayCreateInSchema: boolean;
  /** True if the role may make the database the template of another. */
  mayCopyDatabase: boolean;
}

/**
 * Reads the facts, and the schema if it is not given, with one query. The query also makes the session read-only,
 * because a preflight changes nothing. Behind a pooler it does not: there the setting would outlive the session in
 * other hands.
 */
export async function readServerFacts(
  ask: AskFirst,
  given: SessionSchema | undefined,
): Promise<ServerFacts & SessionSchema> {
  const [facts] = await ask<SearchPath & ServerFacts>(
    `WITH facts AS MATERIALIZED (
     SELECT ${searchPathColumns}, pg_catalog.current_setting('server_version') AS version,
            pg_catalog.current_setting('server_version_num')::int AS "versionNumber",
            pg_catalog.pg_backend_pid() AS "backendPid",
            coalesce(pg_catalog.current_setting($2, true) OPERATOR(pg_catalog.=) 'on', false) AS "hasSettings",
            pg_catalog.pg_is_in_recovery() AS "inRecovery",
            pg_catalog.current_setting('default_transaction_read_only')::pg_catalog.bool AS "readOnly",
            n.oid IS NOT NULL AS "schemaExists",
            pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS "mayCreateSchema",
            coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) AS "mayUseSchema",
            coalesce(pg_catalog.has_schema_privilege(n.oid, 'CREATE'), false) AS "mayCreateInSchema",
            (SELECT r.rolsuper OR (r.rolcreatedb AND (d.datistemplate OR pg_catalog.pg_has_role(d.datdba, 'USAGE')))
               FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
              WHERE r.rolname OPERATOR(pg_catalog.=) current_user AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()) AS "mayCopyDatabase"
       FROM (SELECT coalesce($1, (SELECT name
                                    FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS searched (name, place)
                                   WHERE name OPERATOR(pg_catalog.!~) '^pg_|^information_schema$' ORDER BY place LIMIT 1)) AS name) AS wanted
       LEFT JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) wanted.name)
     SELECT facts.*, CASE WHEN facts."hasSettings"
                          THEN pg_catalog.set_config('default_transaction_read_only', 'on', false) END AS "isReadOnly"
       FROM facts`,
    [given?.schema, sessionMark],
  );
  if (facts === undefined)
    throw new PreflightError(
      "SERVER_SILENT",
      "The server returned no facts about itself. Run pulumi up again.",
    );
  return { ...facts, ...(given ?? schemaOf(facts)) };
}

/** Throws a `PreflightError` if the server or the role cannot carry out what is pending. */
export function requireUsableServer(
  facts: ServerFacts,
  { address, plan, copies }: { address: Database["address"]; plan: Steps; copies: boolean },
): void {
  const place = `${address.host}:${address.port}`;
  if (facts.versionNumber < oldestVersion)
    throw new PreflightError(
      "SERVER_TOO_OLD",
      `${place} runs PostgreSQL ${facts.version}; supported are 13 and later. Upgrade the server.`,
    );
  if (plan.steps.length === 0) return;
  if (facts.inRecovery)
    throw new PreflightError(
      "SERVER_IS_STANDBY",
      `${place} is a standby, which cannot be written to. Point the connection at the primary.`,
    );
  if (facts.readOnly)
    throw new PreflightError(
      "SERVER_READ_ONLY",
      `Transactions of ${address.user} on ${address.database} are read-only (default_transaction_read_only). ` +
        `Use another role, or reset the setting.`,
    );
  requirePrivileges(facts, address);
  if (copies && !facts.mayCopyDatabase)
    throw new PreflightError(
      "PRIVILEGE_MISSING",
      `${address.user} may not copy the database ${address.database}, which the configured backup needs: it must own ` +
        `the database and have CREATEDB, or be a superuser. Run as a superuser: ` +
        `ALTER ROLE ${quoteIdentifier(address.user)} CREATEDB; or choose another backup.`,
    );
}

/** Throws a `PreflightError` if the role cannot even read the schema. */
export function requireReadableSchema(facts: ServerFacts, address: Database["address"]): void {
  const { schema, database } = address;
  if (facts.schemaExists && !facts.mayUseSchema)
    throw missingPrivilege(address, {
      privilege: `use the schema ${schema} of the database ${database}`,
      grant: `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(schema)}`,
    });
}

/** Throws a `PreflightError` if the role cannot keep the existing ledger. Costs one query. */
export async function requireWritableLedger(database: Database, ledger: string): Promise<void> {
  const [privileges] = await database.query<{ sufficient: boolean }>(
    `SELECT pg_catalog.has_table_privilege($1, 'INSERT') AND pg_catalog.has_table_privilege($1, 'UPDATE') AS sufficient`,
    [ledger],
  );
  if (privileges?.sufficient !== true) throw missingLedgerPrivilege(database.address, ledger);
}

/** The message for a role that may not read or write the ledger. */
export function missingLedgerPrivilege(address: Database["address"], ledger: string): PreflightError {
  return missingPrivilege(address, {
    privilege: `read and write the ledger ${ledger} of the database ${address.database}`,
    grant: `GRANT SELECT, INSERT, UPDATE ON ${ledger}`,
  });
}

function requirePrivileges(facts: ServerFacts, address: Database["address"]): void {
  const { database, schema } = address;
  if (!facts.schemaExists && !facts.mayCreateSchema)
    throw missingPrivilege(address, {
      privilege: `create the schema ${schema} in the database ${database}`,
      grant: `GRANT CREATE ON DATABASE ${quoteIdentifier(database)}`,
    });
  if (facts.schemaExists && !facts.mayCreateInSchema)
    throw missingPrivilege(address, {
      privilege: `create tables in the schema ${schema} of the database ${database}`,
      grant: `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(schema)}`,
    });
}

function missingPrivilege(
  { user }: Database["address"],
  { privilege, grant }: { privilege: string; grant: string },
): PreflightError {
  return new PreflightError(
    "PRIVILEGE_MISSING",
    `${user} may not ${privilege}. Run as the database's owner: ${grant} TO ${quoteIdentifier(user)};`,
  );
}
