import * as tls from "node:tls";
import { readPem } from "./tls.ts";
import { type ResolvedTls } from "./connection.ts";

/** What Node's TLS is opened with; false for clear text. Throws a `ConnectionError` on a file that cannot be read. */
export function tlsOptions(resolved: ResolvedTls, host: string): tls.ConnectionOptions | false {
  const { mode, serverName, certificateFile, keyFile, keyPassword, minVersion, maxVersion } = resolved;
  if (mode === "disable") return false;
  const ca = resolved.authorities ?? (resolved.isSystem ? systemAuthorities() : undefined);
  return {
    rejectUnauthorized: mode !== "require",
    ...(ca === undefined ? {} : { ca }),
    ...(mode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
    // The driver would put the host in the place of the name that was given.
    ...(mode === "verify-full"
      ? { checkServerIdentity: (_: string, peer) => tls.checkServerIdentity(serverName ?? host, peer) }
      : {}),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(certificateFile === undefined ? {} : { cert: readPem(certificateFile, "sslcert") }),
    ...(keyFile === undefined ? {} : { key: readPem(keyFile, "sslkey") }),
    ...(keyPassword === undefined ? {} : { passphrase: keyPassword }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
}

/** Undefined on a Node before 22.15, whose own authorities are trusted then. */
function systemAuthorities(): string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (type: "system") => string[] };
  const found = getCACertificates?.("system") ?? [];
  return found.length === 0 ? undefined : found;
}
