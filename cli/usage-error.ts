/** A command was called with wrong arguments. */
export class UsageError extends Error {}

/** True if an error is the caller's to fix, and needs no stack. */
export function isUsageError(error: unknown): error is Error {
  const { code } = Object(error) as { code?: unknown };
  return error instanceof UsageError || (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"));
}
