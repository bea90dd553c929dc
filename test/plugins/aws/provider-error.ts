import { InitializationError, type Operation, type Properties } from "../provider.ts";

/** Throws a failure in the words of the real provider, and in the frame that its bridge puts around them. */
export function failing(
  operation: Pick<Operation, "urn">,
  doing: "creating" | "deleting" | "updating",
  words: string,
): (error: unknown) => never {
  return (error) => {
    throw new Error(framed(operation, doing, `${words}: ${messageOf(error)}`), { cause: error });
  };
}

/** Throws the failure of what follows a creation: the resource is kept with what was known of it before. */
export function keeping(
  operation: Pick<Operation, "urn">,
  created: { id: string; outputs: Properties },
  words: string,
): (error: unknown) => never {
  return (error) => {
    throw new InitializationError(framed(operation, "creating", `${words}: ${messageOf(error)}`), created);
  };
}

function framed({ urn }: Pick<Operation, "urn">, doing: string, message: string): string {
  return `${doing} ${urn}: 1 error occurred:\n\t* ${message}\n\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
