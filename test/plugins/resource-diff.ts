import { isDeepStrictEqual } from "node:util";
import type { Properties, ResourceType } from "./provider.ts";

/** How a property changed. */
export interface PropertyChange {
  property: string;
  kind: "add" | "delete" | "update";
  replaces: boolean;
}

/** Compares the inputs so far and the new ones, both without marks. */
export function findChanges(type: ResourceType, olds: Properties, news: Properties): PropertyChange[] {
  const properties = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...properties]
    .filter((property) => !property.startsWith("__") && !isDeepStrictEqual(olds[property], news[property]))
    .filter((property) => news[property] !== undefined || type.computed?.includes(property) !== true)
    .map((property) => ({
      property,
      kind: olds[property] === undefined ? "add" : news[property] === undefined ? "delete" : "update",
      replaces: type.replaceOnChanges.includes(property),
    }));
}
