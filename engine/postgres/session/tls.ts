import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Connection, type Protocol, protocols, type ResolvedTls, type TlsMode } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";
import { isLoopback, isSocket } from "./loopback.ts";
import { isRdsHost, rdsAuthorities } from "./rds-authorities.ts";
import { askedMode } from "./tls-mode.ts";
import { notEnforceable, requireEnforceable, type TlsSetting, type TlsSettings } from "./tls-settings.ts";

/** Decides on TLS. Throws a `ConnectionError` for contradictions and for settings that cannot be enforced. */
export function resolveTls(connection: Connection, settings: TlsSettings, host: string): ResolvedTls {
  requireEnforceable(settings);
  const value = (name: string): string | undefined => settings.get(name)?.value;
  const bindsChannel = isDemanded(settings.get("channel_binding"), "require", ["disable", "prefer"]);
  const isDirect = isDemanded(settings.get("sslnegotiation"), "direct", ["postgres"]);
  const { certificateFile, authoritiesFile, keyFile } = filesOf(connection, settings);
  const isSystem = authoritiesFile === "system";
  const isGiven = connection.tlsCa !== undefined || authoritiesFile !== undefined;
  const serverName = connection.tlsServerName;
  const knowsRds = !isGiven && isRdsHost(serverName ?? host);
  const minVersion = protocolOf(settings, "ssl_min_protocol_version");
  const demandsTls = bindsChannel || isDirect || keyFile !== undefined || minVersion !== undefined;
  const { mode, isUnsaid } = decideMode(connection.tls ?? askedMode(settings), {
    isOnSocket: isSocket(host),
    isLocal: isLoopback(host),
    isGiven,
    isVerifiable: isGiven || knowsRds || serverName !== undefined,
    demandsTls,
  });
  if (mode === "disable" && (bindsChannel || isDirect || (isSystem && !isSocket(host))))
    throw notEnforceable(
      `channel_binding=require, sslnegotiation=direct and sslrootcert=system need TLS, which this connection does not ` +
        `use. Connect by TCP without sslmode=disable, or remove them.`,
    );
  const isRds = knowsRds && (mode === "verify-full" || mode === "verify-ca");
  return {
    mode: isSystem && mode !== "disable" ? "verify-full" : mode,
    ...{
      isUnsaid,
      isRds,
      isSystem,
      serverName,
      certificateFile,
      keyFile,
      bindsChannel,
      isDirect,
      minVersion,
    },
    ...authoritiesOf(mode, {
      text: connection.tlsCa,
      file: authoritiesFile,
      rds: isRds && (serverName ?? host),
    }),
    keyPassword: value("sslpassword"),
    maxVersion: protocolOf(settings, "ssl_max_protocol_version"),
  };
}

interface Surroundings {
  isOnSocket: boolean;
  isLocal: boolean;
  /** True if authorities were given. */
  isGiven: boolean;
  /** True if the server can be verified. */
  isVerifiable: boolean;
  /** True if a setting needs TLS. */
  demandsTls: boolean;
}

function decideMode(
  asked: TlsMode | "prefer" | undefined,
  { isOnSocket, isLocal, isGiven, isVerifiable, demandsTls }: Surroundings,
): { mode: TlsMode; isUnsaid: boolean } {
  // As in libpq: a Unix socket never leaves this machine.
  if (isOnSocket) return { mode: "disable", isUnsaid: false };
  if (asked === undefined && isVerifiable) return { mode: "verify-full", isUnsaid: false };
  if (asked === undefined || asked === "prefer") {
    if (isLocal && !demandsTls && !isGiven) return { mode: "disable", isUnsaid: false };
    return { mode: isGiven ? "verify-ca" : "require", isUnsaid: asked === undefined && !isLocal };
  }
  // As in libpq: a given authority is verified, but not the host's name.
  if (asked === "require" && isGiven) return { mode: "verify-ca", isUnsaid: false };
  // With all authorities of a system, any owner of any certificate would pass.
  if (asked === "verify-ca" && !isGiven) return { mode: "verify-full", isUnsaid: false };
  return { mode: asked, isUnsaid: false };
}

function filesOf(
  { tlsCa, tlsCaFile }: Connection,
  settings: TlsSettings,
): Record<"authoritiesFile" | "certificateFile" | "keyFile", string | undefined> {
  const [certificate, key] = [settings.get("sslcert"), settings.get("sslkey")];
  if ((certificate?.given === "PGSSLCERT" || certificate === undefined) && !certificate !== !key)
    throw notEnforceable(
      `${(certificate ?? key)?.given ?? ""} is one half of a client certificate. Give both sslcert and sslkey.`,
    );
  // Alone it is Prisma's parameter: the certificate of the server's authority.
  const ofAuthority = key === undefined ? certificate?.value : undefined;
  const file = tlsCaFile ?? settings.get("sslrootcert")?.value ?? ofAuthority;
  return {
    authoritiesFile: tlsCa !== undefined ? undefined : file === "system" ? file : absolute(file),
    certificateFile: key === undefined ? undefined : absolute(certificate?.value),
    keyFile: absolute(key?.value),
  };
}

function authoritiesOf(
  mode: TlsMode,
  { text, file, rds }: { text: string | undefined; file: string | undefined; rds: string | false },
): Pick<ResolvedTls, "authorities" | "authoritiesFile"> {
  if (mode === "disable") return { authorities: undefined, authoritiesFile: undefined };
  if (text !== undefined) return { authorities: text, authoritiesFile: undefined };
  if (file === undefined || file === "system")
    return { authorities: rds === false ? undefined : rdsAuthorities(rds), authoritiesFile: undefined };
  return { authorities: readPem(file, "tlsCaFile or sslrootcert"), authoritiesFile: file };
}

/** Reads a PEM file of a connection. Throws a `ConnectionError` that names it. */
export function readPem(file: string, setting: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConnectionError(
      "CONNECTION_CA_UNREADABLE",
      `The certificate file ${file}, named by ${setting}, cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
}

function isDemanded(setting: TlsSetting | undefined, demand: string, without: readonly string[]): boolean {
  if (setting === undefined || without.includes(setting.value)) return false;
  if (setting.value === demand) return true;
  throw notEnforceable(`${setting.given} is not one of ${[...without, demand].join(", ")}. Correct it.`);
}

function protocolOf(settings: TlsSettings, name: string): Protocol | undefined {
  const setting = settings.get(name);
  const protocol = protocols.find((one) => one.toLowerCase() === setting?.value.toLowerCase());
  if (setting === undefined || protocol !== undefined) return protocol;
  throw notEnforceable(`${setting.given} is not one of ${protocols.join(", ")}. Correct it.`);
}

function absolute(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(file);
}
