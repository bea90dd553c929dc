import type { FolderRequest } from "../engine/index.ts";
import type { Properties } from "./dynamic-provider.ts";

/** Which folder is meant by the inputs of a resource, and how it is read. */
export function folderRequestOf(inputs: Properties): FolderRequest {
  return (inputs["folder"] as FolderRequest | undefined) ?? { dir: inputs["migrations"] as string };
}
