import type pg from "pg";
import type { ResolvedConnection } from "./connection.ts";
import { quoteIdentifier } from "./identifier.ts";
import { applicationName, type SessionSettings } from "./session-settings.ts";
import { tlsOptions } from "./tls-options.ts";

/** What a session is opened with. `checksClient`: whether the server looks, now and then, if the client is there. */
export function clientConfiguration(
  resolved: ResolvedConnection,
  settings: SessionSettings & { checksClient?: boolean },
): pg.ClientConfig {
  return {
    host: resolved.host,
    port: resolved.port,
    database: resolved.database,
    ...(resolved.user === undefined ? {} : { user: resolved.user }),
    ...(resolved.password === undefined ? {} : { password: resolved.password }),
    ssl: tlsOptions(resolved.tls, resolved.host),
    enableChannelBinding: resolved.tls.bindsChannel,
    // Else the driver would take PGSSLNEGOTIATION, which was read already.
    sslnegotiation: resolved.tls.isDirect ? "direct" : "postgres",
    application_name: settings.applicationName ?? applicationName,
    connectionTimeoutMillis: resolved.connectTimeoutSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: startupOptions({
      search_path: quoteIdentifier(resolved.schema),
      client_encoding: "UTF8",
      standard_conforming_strings: "on",
      lock_timeout: String(settings.lockTimeoutMs ?? 0),
      statement_timeout: String(settings.statementTimeoutMs ?? 0),
      idle_in_transaction_session_timeout: String(settings.idleInTransactionTimeoutMs ?? 60_000),
      ...(settings.maintenanceWorkMem === undefined
        ? {}
        : { maintenance_work_mem: settings.maintenanceWorkMem }),
      ...(settings.readOnly === true ? { default_transaction_read_only: "on" } : {}),
      ...(settings.seesAllRows === true ? { row_security: "off" } : {}),
      ...goneClientSettings(settings),
    }),
  };
}

/** Lets the server find out soon that the client is gone, so that what it held is free again. */
function goneClientSettings({ checksClient = false }: { checksClient?: boolean }): Record<string, string> {
  return {
    tcp_keepalives_idle: "10",
    tcp_keepalives_interval: "5",
    tcp_keepalives_count: "3",
    ...(checksClient ? { client_connection_check_interval: "5000" } : {}),
  };
}

/** Writes settings as start-up options, where a blank or a backslash has to be escaped. */
function startupOptions(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, String.raw`\$&`)}`)
    .join(" ");
}
