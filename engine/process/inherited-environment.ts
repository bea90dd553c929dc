import { misleadingVariables } from "../postgres/session/libpq-variables.ts";

/** Secret variables of Pulumi that a command does not need. */
const secretsOfPulumi = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN"];

/** The part of this process's environment that a command gets. */
export function inheritedEnvironment(): Record<string, string> {
  const withheld = [...misleadingVariables, ...secretsOfPulumi];
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || withheld.includes(name) ? [] : [[name, value]],
    ),
  );
}
