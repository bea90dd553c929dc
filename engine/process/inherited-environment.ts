import { misleadingVariables } from "../postgres/session/libpq-variables.ts";

/** Variables of Pulumi's that a command has no use for, and that are secret. */
const secretsOfPulumi = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN"];

/** What a command that is started gets of the environment of this process. */
export function inheritedEnvironment(): Record<string, string> {
  const withheld = [...misleadingVariables, ...secretsOfPulumi];
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || withheld.includes(name) ? [] : [[name, value]],
    ),
  );
}
