import type { Properties } from "../provider.ts";

/** Translates inputs of a resource into fields of an API call, by a table from the one's names to the other's. */
export function apiFields(inputs: Properties, names: Record<string, string>): Record<string, unknown> {
  const fields = Object.entries(names)
    .filter(([property]) => inputs[property] !== undefined)
    .map(([property, field]) => [field, inputs[property]] as const);
  return Object.fromEntries(fields);
}

/** The inputs that are not as they were. */
export function changedInputs(olds: Properties, inputs: Properties): Properties {
  const changed = Object.entries(inputs).filter(
    ([property, value]) => JSON.stringify(olds[property]) !== JSON.stringify(value),
  );
  return Object.fromEntries(changed);
}
