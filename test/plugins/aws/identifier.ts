import { randomBytes } from "node:crypto";
import type { Properties } from "../provider.ts";

/** Names a resource after its name in the program where it is given no name, and keeps the name. */
export function completeIdentifier(property: string) {
  return (inputs: Properties, { name, olds }: { name: string; olds: Properties | undefined }): Properties => {
    if (inputs[property] !== undefined) return {};
    const prefix = inputs[`${property}Prefix`];
    const stem = typeof prefix === "string" ? prefix : `${name.toLowerCase()}-`;
    return { [property]: olds?.[property] ?? `${stem}${randomBytes(4).toString("hex").slice(0, 7)}` };
  };
}
