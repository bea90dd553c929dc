import * as tls from "node:tls";
import { readPem } from "./tls.ts";
import { type ResolvedTls } from "./connection.ts";

/** Node's TLS options; false for clear text. Throws a `ConnectionError` for a file that cannot be read. */
export function tlsOptions(resolved: ResolvedTls, host: string): tls.ConnectionOptions | false {
  const { mode, serverName, certificateFile, keyFile, keyPassword, minVersion, maxVersion } = resolved;
  if (mode === "disable") return false;
  const ca = resolved.authorities ?? (resolved.isSystem ? systemAuthorities() : undefined);
  return {
    rejectUnauthorized: mode !== "require",
    ...(ca === undefined ? {} : { ca }),
    ...(mode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
    // The driver would replace the given name with the host.
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

/** Undefined on Node before 22.15, which then trusts its own authorities. */
function systemAuthorities(): string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (type: "system") => string[] };
  const found = getCACertificates?.("system") ?? [];
  return found.length === 0 ? undefined : found;
}
