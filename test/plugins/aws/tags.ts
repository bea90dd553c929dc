import { AddTagsToResourceCommand, RemoveTagsFromResourceCommand, type Tag } from "@aws-sdk/client-rds";
import type { ExistingOperation, Properties } from "../provider.ts";
import { call } from "./rds-client.ts";

/** Tags as AWS takes them. */
export function tagList({ tags }: Properties): Tag[] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags as they are in a resource's outputs. */
export function tagMap(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Tags of outputs: absent where the program gives none, with all of them beside. */
export function tagOutputs(inputs: Properties, tags: readonly Tag[] | undefined): Properties {
  return { tags: inputs["tags"] === undefined ? undefined : tagMap(tags), tagsAll: tagMap(tags) };
}

/** Gives an existing resource the tags of its new inputs. */
export async function updateTags({ inputs, olds, signal }: ExistingOperation, arn: unknown): Promise<void> {
  if (typeof arn !== "string") return;
  const [before, after] = [olds, inputs].map(({ tags }) => (tags ?? {}) as Record<string, string>);
  const removed = Object.keys(before ?? {}).filter((key) => after?.[key] === undefined);
  const changed = Object.entries(after ?? {}).filter(([key, value]) => before?.[key] !== value);
  if (removed.length > 0)
    await call(new RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: removed }), signal);
  if (changed.length > 0) {
    const Tags = changed.map(([Key, Value]) => ({ Key, Value }));
    await call(new AddTagsToResourceCommand({ ResourceName: arn, Tags }), signal);
  }
}
