import { isDeepStrictEqual } from "node:util";
import type { Properties } from "./provider.ts";

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Marks a value as secret, as it is sent to the engine. */
export function secret(value: unknown): unknown {
  return { [signature]: secretSignature, value };
}

/** A file as it is sent to the engine. */
export function fileAsset(path: string, hash: string): unknown {
  return { [signature]: "c44067f5952c0a294b673a41bacd8c17", path, hash };
}

/** The value without marks, however deep they are. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, plain(nested)]));
}

/** Properties without marks. */
export function plainProperties(properties: Properties): Properties {
  return plain(properties) as Properties;
}

/** Says whether a value is a secret or holds one. */
export function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(holdsSecret);
}

/** Marks outputs: those that are inputs as the inputs are, and those named or, if `all`, every other one. */
export function withSecrets(
  outputs: Properties,
  rawInputs: Properties,
  { secretOutputs = [], all = false }: { secretOutputs?: readonly string[]; all?: boolean },
): Properties {
  const marked = Object.entries(outputs)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, unknown] => {
      const input = rawInputs[key];
      if (holdsSecret(input)) return [key, isDeepStrictEqual(plain(input), value) ? input : secret(value)];
      const isOutput = input === undefined;
      return [key, secretOutputs.includes(key) || (all && isOutput) ? secret(value) : value];
    });
  return Object.fromEntries(marked);
}

function isSecret(value: object): value is { value: unknown } {
  return (value as Properties)[signature] === secretSignature;
}
