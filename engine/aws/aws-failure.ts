import { AwsError } from "./aws-error.ts";
import { foreign } from "../foreign-text.ts";

/** Turns an error of the SDK into an `AwsError` that names the remedy. Other errors are returned unchanged. */
export function explainAwsFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AwsError) return error;
  const name = nameOfFailure(error);
  const said = foreign(`${name}: ${error.message}`);
  if (
    /Expired|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|Credentials|InvalidToken/i.test(
      name,
    )
  )
    return new AwsError(
      "AWS_CREDENTIALS_REFUSED",
      `AWS does not accept the credentials (${said}). Renew them, and run the same command again.`,
      { cause: error },
    );
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name))
    return new AwsError(
      "AWS_ACCESS_DENIED",
      `AWS refuses the call (${said}). Allow it for the role of the deployment: docs/reference/permissions.md lists what the role needs.`,
      { cause: error },
    );
  if (isTransientFailure(error))
    return new AwsError("AWS_UNAVAILABLE", `AWS cannot be reached or is overloaded (${said}).`, {
      cause: error,
    });
  if (error.message.includes("Region is missing"))
    return new AwsError(
      "AWS_REGION_UNKNOWN",
      "No AWS region is set. Set aws:region in the stack's configuration, or AWS_REGION in the environment.",
      { cause: error },
    );
  // A defect in this package, such as a TypeError, keeps its stack.
  if (!("$metadata" in error)) return error;
  return new AwsError("AWS_CALL_FAILED", `AWS refuses the call (${said}).`, { cause: error });
}

function isTransientFailure(error: Error): boolean {
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: string };
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    status >= 500 ||
    status === 429 ||
    /Throttl|TooManyRequests|RequestLimit|Timeout/i.test(nameOfFailure(error)) ||
    /^E(CONN|PIPE|NOTFOUND|AI_AGAIN|HOST|NET|TIMEDOUT)/.test(code ?? "")
  );
}

/** AWS's name for a failure, such as `AccessDenied`. */
export function nameOfFailure(error: unknown): string {
  const { name, Code } = error as { name?: string; Code?: string };
  return Code ?? name ?? "";
}
