import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type pg from "pg";
import { ConnectionError } from "./connection-error.ts";
import { isLoopback } from "./loopback.ts";

interface AuthenticatedConnection {
  /** The socket, or TLS on it once negotiated. */
  stream: Socket | TLSSocket;
  on(event: string, listener: (message: { mechanisms?: readonly string[] }) => void): void;
}

/**
 * Closes a connection before a password is sent in clear text, or without channel binding although it is required. Call
 * it before the client connects, so that it listens before the driver does.
 */
export function guardAuthentication(client: pg.Client, { bindsChannel }: { bindsChannel: boolean }): void {
  const { connection } = client as unknown as { connection: AuthenticatedConnection };
  const refuse = (error: ConnectionError): void => void connection.stream.destroy(error);
  connection.on("authenticationCleartextPassword", () => {
    if (bindsChannel) refuse(unbound());
    else if (!isPrivate(connection.stream)) refuse(passwordInClear());
  });
  if (!bindsChannel) return;
  let isProven = false;
  connection.on("authenticationMD5Password", () => refuse(unbound()));
  connection.on("authenticationSASL", ({ mechanisms = [] }) => {
    if (!mechanisms.includes("SCRAM-SHA-256-PLUS")) refuse(unbound());
  });
  // The driver verifies the server's proof itself.
  connection.on("authenticationSASLFinal", () => {
    isProven = true;
  });
  connection.on("authenticationOk", () => {
    if (!isProven) refuse(unbound());
  });
}

function isPrivate(stream: Socket | TLSSocket): boolean {
  // A Unix socket has no remote address.
  return "encrypted" in stream || stream.remoteAddress === undefined || isLoopback(stream.remoteAddress);
}

function passwordInClear(): ConnectionError {
  return new ConnectionError(
    "PASSWORD_IN_CLEAR",
    "The server asks for the password in clear text over an unencrypted connection. The password was not sent. " +
      "Set tls to require or verify-full, or have the server use scram-sha-256 (pg_hba.conf).",
  );
}

function unbound(): ConnectionError {
  return new ConnectionError(
    "CHANNEL_NOT_BOUND",
    "The connection requires channel binding, and the server does not authenticate by SCRAM-SHA-256-PLUS. " +
      "Have it use scram-sha-256 (pg_hba.conf) and TLS, or remove channel_binding=require. If it did so before, " +
      "someone may be intercepting the connection.",
  );
}
