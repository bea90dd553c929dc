/** A command was called in a way that it cannot be called in. */
export class UsageError extends Error {}

/** Whether an error is the caller's to mend, and needs no stack. */
export function isUsageError(error: unknown): error is Error {
  const { code } = Object(error) as { code?: unknown };
  return error instanceof UsageError || (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"));
}
