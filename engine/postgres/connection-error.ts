import type { DatabaseError } from "pg";
import { PgMigrationsError } from "../error.ts";
import { sqlstate } from "./sqlstate.ts";

/** The database cannot be connected to, or the connection was lost; the message says what to do. */
export class ConnectionError extends PgMigrationsError {}

interface Address {
  host: string;
  port: number;
  database: string;
  user: string | undefined;
}

/** Explains why a connection could not be made, from the driver's or the server's error. */
export function explainConnectionFailure(cause: unknown, address: Address): ConnectionError {
  const error = cause as Partial<DatabaseError> & { code?: string; message: string };
  const place = `${address.host}:${address.port}`;
  const said = (code: string, message: string): ConnectionError =>
    new ConnectionError(code, message, { cause, sqlstate: isSqlstate(error.code) ? error.code : undefined });
  switch (error.code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return said(
        "HOST_UNKNOWN",
        `The host ${address.host} is not known here. Check its name, the DNS and the VPN.`,
      );
    case "ECONNREFUSED":
      return said(
        "CONNECTION_REFUSED",
        `${place} refuses connections. Is PostgreSQL running there, and is the port right?`,
      );
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return said(
        "HOST_UNREACHABLE",
        `${place} cannot be reached (${error.code}). Check the network, the security group and the VPN.`,
      );
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return said(
        "CERTIFICATE_OF_ANOTHER_HOST",
        `The certificate of ${place} is not that of the host: ${error.message}. ` +
          `Behind a tunnel, set tlsServerName to the name of the server itself.`,
      );
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return said(
        "CERTIFICATE_NOT_TRUSTED",
        `The certificate of ${place} comes from an authority that is not trusted here: ${error.message}. ` +
          `Set tlsCaFile to the authority's certificates (for RDS: AWS's global bundle).`,
      );
    case sqlstate.invalidPassword:
      return said(
        "PASSWORD_REFUSED",
        `${place} refuses the password of user ${JSON.stringify(address.user)} (SQLSTATE 28P01). ` +
          `Check the user name and the password or the variable that it comes from.`,
      );
    case sqlstate.invalidAuthorization:
      return said(
        "AUTHORIZATION_REFUSED",
        `${place} refuses user ${JSON.stringify(address.user)} (SQLSTATE 28000): ${error.message}. ` +
          `Check pg_hba.conf; a server that demands encryption needs tls: verify-full.`,
      );
    case sqlstate.databaseMissing:
      return said(
        "DATABASE_MISSING",
        `The database ${JSON.stringify(address.database)} does not exist at ${place} (SQLSTATE 3D000). ` +
          `Check its name, or set createDatabase: true to have it created.`,
      );
    default:
      return said("CONNECTION_FAILED", `Cannot connect to ${place}: ${describe(error)}.`);
  }
}

function describe(error: { code?: string; message: string }): string {
  const message = error.message.replace(/\.$/, "");
  if (/timeout expired|timed out/i.test(message)) return "no answer within connectTimeoutSeconds";
  return isSqlstate(error.code) ? `${message} (SQLSTATE ${error.code})` : message;
}

function isSqlstate(code: string | undefined): code is string {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
