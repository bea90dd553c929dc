import type pg from "pg";
import type { ResolvedConnection } from "./connection.ts";
import { quoteIdentifier } from "../text/identifier.ts";
import { optionOf, settingsInOptions } from "./session-options.ts";
import { applicationName, sessionMark, type SessionSettings } from "./session-settings.ts";
import { tlsOptions } from "./tls-options.ts";

/** The driver's options for a session. `checksClient`: the server checks now and then that the client is alive. */
export function clientConfiguration(
  resolved: ResolvedConnection,
  settings: SessionSettings & { checksClient?: boolean },
): pg.ClientConfig {
  const asked = settingsInOptions(resolved.options);
  return {
    host: resolved.host,
    port: resolved.port,
    database: resolved.database,
    ...(resolved.user === undefined ? {} : { user: resolved.user }),
    ...(resolved.password === undefined ? {} : { password: resolved.password }),
    ssl: tlsOptions(resolved.tls, resolved.host),
    enableChannelBinding: resolved.tls.bindsChannel,
    // Otherwise the driver would use PGSSLNEGOTIATION, which was read already.
    sslnegotiation: resolved.tls.isDirect ? "direct" : "postgres",
    application_name: settings.applicationName ?? asked.get("application_name") ?? applicationName,
    connectionTimeoutMillis: resolved.connectTimeoutSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: [resolved.options, ...startupOptions(resolved, settings, asked)]
      .filter((part) => part !== undefined)
      .join(" "),
  };
}

/**
 * This package's settings come last, so that they win over the connection's. Its defaults yield to the connection's.
 */
function startupOptions(
  { schema }: ResolvedConnection,
  settings: SessionSettings & { checksClient?: boolean },
  asked: ReadonlyMap<string, string>,
): string[] {
  const { lockTimeoutMs, statementTimeoutMs, idleInTransactionTimeoutMs, maintenanceWorkMem } = settings;
  const defaults = {
    ...(schema === undefined ? {} : { search_path: quoteIdentifier(schema) }),
    lock_timeout: "0",
    statement_timeout: "0",
    idle_in_transaction_session_timeout: "60000",
  };
  const chosen = {
    [sessionMark]: "on",
    client_encoding: "UTF8",
    standard_conforming_strings: "on",
    lock_timeout: lockTimeoutMs?.toString(),
    statement_timeout: statementTimeoutMs?.toString(),
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs?.toString(),
    maintenance_work_mem: maintenanceWorkMem,
    default_transaction_read_only: settings.readOnly === true ? "on" : undefined,
    row_security: settings.seesAllRows === true ? "off" : undefined,
    ...goneClientSettings(settings),
  };
  const open = Object.entries(defaults).filter(([name]) => !asked.has(name));
  return [...new Map<string, string | undefined>([...open, ...Object.entries(chosen).filter(isGiven)])].map(
    ([name, value]) => optionOf(name, value ?? ""),
  );
}

function isGiven([, value]: [string, string | undefined]): boolean {
  return value !== undefined;
}

/** Lets the server notice quickly that the client is gone, so that its locks are released. */
function goneClientSettings({ checksClient = false }: { checksClient?: boolean }): Record<string, string> {
  return {
    tcp_keepalives_idle: "10",
    tcp_keepalives_interval: "5",
    tcp_keepalives_count: "3",
    ...(checksClient ? { client_connection_check_interval: "5000" } : {}),
  };
}
