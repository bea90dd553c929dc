import { ConnectionError } from "./connection-error.ts";

/** A setting of TLS or authentication: its value, and the name by which the user gave it. */
export interface TlsSetting {
  value: string;
  given: string;
}

/** Settings by libpq's names, from a connection URL or from libpq's variables. */
export type TlsSettings = ReadonlyMap<string, TlsSetting>;

const variables: Readonly<Record<string, string>> = {
  sslmode: "PGSSLMODE",
  requiressl: "PGREQUIRESSL",
  sslnegotiation: "PGSSLNEGOTIATION",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslcertmode: "PGSSLCERTMODE",
  sslcrl: "PGSSLCRL",
  sslcrldir: "PGSSLCRLDIR",
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  ssl_max_protocol_version: "PGSSLMAXPROTOCOLVERSION",
  channel_binding: "PGCHANNELBINDING",
  requirepeer: "PGREQUIREPEER",
  require_auth: "PGREQUIREAUTH",
  gssencmode: "PGGSSENCMODE",
};

/** libpq's variables of TLS and authentication. */
export const tlsVariableNames: readonly string[] = Object.values(variables);

/** Parameters of other drivers that concern TLS. */
const ofOtherDrivers = ["ssl", "sslaccept", "sslidentity", "sslpassword"];

/** Ignoring these does not weaken a connection. */
const harmless = ["sslcompression", "sslsni", "sslkeylogfile", "gsslib", "gssdelegation"];

/** The settings that choose the mode of TLS in a URL or the environment. */
const ofMode = ["ssl", "sslmode", "sslaccept", "requiressl"];

/** The settings of libpq's variables; an empty variable counts as unset. */
export function settingsOfEnvironment(environment: NodeJS.ProcessEnv): TlsSettings {
  return new Map(
    Object.entries(variables).flatMap(([name, variable]): [string, TlsSetting][] => {
      const value = environment[variable];
      return value === undefined || value === "" ? [] : [[name, { value, given: variable }]];
    }),
  );
}

/** The settings of a URL's parameters. Throws a `ConnectionError` for an unknown one that seems to ask for security. */
export function settingsOfUrl(parameters: URLSearchParams): TlsSettings {
  const settings = new Map<string, TlsSetting>();
  for (const [name, value] of parameters) {
    if (harmless.includes(name)) continue;
    if (!Object.hasOwn(variables, name) && !ofOtherDrivers.includes(name)) {
      if (mayAskForTls(name)) throw unknownParameter(name);
      continue;
    }
    const given = `${name} of the connection URL`;
    if (settings.has(name) && settings.get(name)?.value !== value)
      throw notEnforceable(`The connection URL gives ${name} twice. Leave one of them.`);
    settings.set(name, { value, given });
  }
  return settings;
}

/** True if a URL's parameter concerns TLS or authentication. */
export function isTlsParameter(name: string): boolean {
  return Object.hasOwn(variables, name) || ofOtherDrivers.includes(name) || harmless.includes(name);
}

/** True if a parameter's name sounds like TLS or authentication. */
export function mayAskForTls(name: string): boolean {
  return /^(?:ssl|tls|gss|channel_?binding|require_?)/i.test(name);
}

/**
 * The combined settings: a URL wins over the environment, and a mode in it over all settings that choose the mode
 * there.
 */
export function mergedSettings(environment: TlsSettings, url: TlsSettings): TlsSettings {
  const isModeInUrl = ofMode.some((name) => url.has(name));
  const inherited = [...environment].filter(([name]) => !(isModeInUrl && ofMode.includes(name)));
  return new Map([...inherited, ...url]);
}

/** Settings without those that choose the mode, if it was chosen elsewhere. */
export function withoutMode(settings: TlsSettings): TlsSettings {
  return new Map([...settings].filter(([name]) => !ofMode.includes(name)));
}

/** Throws a `ConnectionError` if a setting asks for a protection that is not available. */
export function requireEnforceable(settings: TlsSettings): void {
  for (const [name, { value, given }] of settings) {
    const remedy = remedies[name];
    const isDemand = demands[name]?.includes(value) ?? name in remedies;
    if (remedy !== undefined && isDemand)
      throw notEnforceable(`${given} asks for a protection that is not supported. ${remedy}`);
  }
}

/** An error about a setting. `message` must repeat no value, because a broken URL can have its password there. */
export function notEnforceable(message: string): ConnectionError {
  return new ConnectionError("TLS_NOT_ENFORCEABLE", message);
}

const verifyInstead = "Remove it, and verify the server with sslmode=verify-full.";

const remedies: Readonly<Record<string, string>> = {
  sslidentity: "Give the client certificate as PEM files, sslcert and sslkey.",
  sslcrl: "Remove it; revocation lists are not supported.",
  sslcrldir: "Remove it; revocation lists are not supported.",
  sslcertmode: "Remove it.",
  requirepeer: "Remove it, or connect by TCP with sslmode=verify-full.",
  require_auth: "Remove it, and set channel_binding=require or sslmode=verify-full.",
  gssencmode: verifyInstead,
};

/** The values of a setting that ask for protection; for other settings any value does. */
const demands: Readonly<Record<string, readonly string[]>> = {
  gssencmode: ["require"],
  sslcertmode: ["require"],
};

function unknownParameter(name: string): ConnectionError {
  const shown = /^[a-z_]{1,40}$/i.test(name) ? `the parameter ${name}` : "a parameter of TLS";
  return notEnforceable(
    `The connection URL has ${shown}, which is unknown. Correct its name (sslmode, sslrootcert, sslcert, sslkey, ` +
      `channel_binding), or remove it.`,
  );
}
