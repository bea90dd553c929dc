import type { DatabaseError } from "pg";
import { PgMigrationsError } from "../../error.ts";
import { sqlstate } from "../text/sqlstate.ts";
import { foreign } from "../../foreign-text.ts";

/** The database cannot be connected to, or the connection was lost; the message names the remedy. */
export class ConnectionError extends PgMigrationsError {}

interface Address {
  host: string;
  port: number;
  database: string;
  user: string | undefined;
}

type Failure = Partial<DatabaseError> & { code?: string; message: string };

type Explanation = [code: string, message: (place: string, address: Address, failure: Failure) => string];

/** Explains a failed connection from the driver's or the server's error. */
export function explainConnectionFailure(cause: unknown, address: Address): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  const { code: failureCode, message: words } = cause as Failure;
  const failure: Failure = { code: failureCode, message: foreign(words) };
  const [code, message] = explanations[failure.code ?? ""] ?? explanationOf(failure);
  const place = `${address.host}:${address.port}`;
  return new ConnectionError(code, message(place, address, failure), {
    cause,
    sqlstate: isSqlstate(failure.code) ? failure.code : undefined,
  });
}

function explanationOf({ message, code = "" }: Failure): Explanation {
  if (/does not support SSL|establishing an SSL connection/.test(message)) return tlsRefused;
  return /^(?:CERT_|CRL_|ERR_SSL_|ERR_TLS_|EPROTO)/.test(code) ? tlsFailed : unexplained;
}

/** An attacker in between who wants clear text would send the same answer. */
const tlsRefused: Explanation = [
  "TLS_REFUSED",
  (place) =>
    `${place} does not offer TLS, which the connection requires. Nothing was sent. Turn TLS on at the server. ` +
    `Only if its network is trusted, write tls: disable.`,
];

const tlsFailed: Explanation = [
  "TLS_FAILED",
  (place, _, { message }) =>
    `TLS with ${place} cannot be established: ${message}. Check the certificates of the server and of the connection.`,
];

const unexplained: Explanation = [
  "CONNECTION_FAILED",
  (place, _, failure) => `Cannot connect to ${place}: ${describe(failure)}.`,
];

const hostUnknown: Explanation = [
  "HOST_UNKNOWN",
  (_, { host }) => `The host name ${host} cannot be resolved. Check the name, the DNS and the VPN.`,
];

const hostUnreachable: Explanation = [
  "HOST_UNREACHABLE",
  (place, _, { code = "" }) =>
    `${place} cannot be reached (${code}). Check the network, the security group and the VPN.`,
];

const certificateNotTrusted: Explanation = [
  "CERTIFICATE_NOT_TRUSTED",
  (place, _, { message }) =>
    `The certificate of ${place} comes from an authority that is not trusted here: ${message}. ` +
    `Set tlsCaFile to the authority's certificates (for RDS: AWS's global bundle).`,
];

/** PgBouncer and RDS Proxy refuse the settings of a new session. */
const pooler: Explanation = [
  "POOLER_REFUSES",
  (place, _, { message }) =>
    `${place} refuses to open a session with its own settings: ${message}. Connection poolers answer like ` +
    `this, but a run needs its own session. Point the connection at the PostgreSQL server itself.`,
];

const explanations: Record<string, Explanation> = {
  ENOTFOUND: hostUnknown,
  EAI_AGAIN: hostUnknown,
  ECONNREFUSED: [
    "CONNECTION_REFUSED",
    (place) =>
      `${place} refuses connections. Check that PostgreSQL is running there and that the port is right.`,
  ],
  ETIMEDOUT: hostUnreachable,
  EHOSTUNREACH: hostUnreachable,
  ENETUNREACH: hostUnreachable,
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "CERTIFICATE_OF_ANOTHER_HOST",
    (place, _, { message }) =>
      `The certificate of ${place} is not for this host: ${message}. ` +
      `Behind a tunnel, set tlsServerName to the name of the server itself.`,
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: certificateNotTrusted,
  SELF_SIGNED_CERT_IN_CHAIN: certificateNotTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificateNotTrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificateNotTrusted,
  [sqlstate.protocolViolation]: pooler,
  [sqlstate.featureNotSupported]: pooler,
  [sqlstate.invalidPassword]: [
    "PASSWORD_REFUSED",
    (place, { user }) =>
      `${place} refuses the password of user ${JSON.stringify(user)} (SQLSTATE 28P01). ` +
      `Check the user name and the password or the variable that it comes from.`,
  ],
  [sqlstate.invalidAuthorization]: [
    "AUTHORIZATION_REFUSED",
    (place, { user }, { message }) =>
      `${place} refuses user ${JSON.stringify(user)} (SQLSTATE 28000): ${message}. ` +
      `Check pg_hba.conf; a server that requires encryption needs tls: verify-full.`,
  ],
  [sqlstate.databaseMissing]: [
    "DATABASE_MISSING",
    (place, { database }) =>
      `The database ${JSON.stringify(database)} does not exist at ${place} (SQLSTATE 3D000). ` +
      `Check its name, or set createDatabase: true to have it created.`,
  ],
};

function describe({ code, message }: Failure): string {
  const text = message.replace(/\.$/, "");
  if (/timeout expired|timed out/i.test(text)) return "no answer within connectTimeoutSeconds";
  return isSqlstate(code) ? `${text} (SQLSTATE ${code})` : text;
}

function isSqlstate(code: string | undefined): code is string {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
