import { notEnforceable, type TlsSetting, type TlsSettings } from "./tls-settings.ts";
import type { TlsMode } from "./connection.ts";

type AskedMode = TlsMode | "prefer";

/** From weak to strong. */
const strengths: readonly AskedMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

const modes: Readonly<Record<string, AskedMode>> = {
  disable: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  "no-verify": "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};

/** The strongest mode that is requested; undefined if none is. Throws a `ConnectionError` for a contradiction. */
export function askedMode(settings: TlsSettings): AskedMode | undefined {
  const asked = [...settings].flatMap(([name, setting]) => modeBy(name, setting, settings) ?? []);
  const strongest = strengths.findLast((mode) => asked.includes(mode));
  if (asked.includes("disable") && strongest !== "disable" && strongest !== "prefer")
    throw notEnforceable(
      "The connection URL asks both for TLS and for sslmode=disable. Remove one of them; without TLS, passwords and " +
        "data can be read in transit.",
    );
  return asked.includes("disable") ? "disable" : strongest;
}

function modeBy(name: string, setting: TlsSetting, settings: TlsSettings): AskedMode | undefined {
  if (name === "sslmode") return modeOf(setting);
  if (name === "requiressl") return setting.value === "0" ? undefined : "require";
  if (name === "sslaccept") return acceptanceOf(setting);
  if (name !== "ssl") return undefined;
  if (/^(?:0|false|off|no)$/i.test(setting.value)) return "disable";
  // Together with an sslmode it only turns TLS on.
  if (/^(?:1|true|on|yes|)$/i.test(setting.value)) return settings.has("sslmode") ? "require" : "verify-full";
  return modeOf(setting);
}

function modeOf({ value, given }: TlsSetting): AskedMode {
  const mode = Object.hasOwn(modes, value) ? modes[value] : undefined;
  if (mode !== undefined) return mode;
  throw notEnforceable(`${given} is not one of ${Object.keys(modes).join(", ")}. Correct it.`);
}

function acceptanceOf({ value, given }: TlsSetting): AskedMode {
  if (value === "strict") return "verify-full";
  if (value === "accept_invalid_certs") return "prefer";
  throw notEnforceable(`${given} is not one of strict, accept_invalid_certs. Correct it.`);
}
