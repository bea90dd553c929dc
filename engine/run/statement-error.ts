import { StatementFailure } from "../postgres/text/statement-failure.ts";
import type { StatementError } from "./run-result.ts";

/** Returns the server's refusal, if there is one. Rejects with any other error. */
export async function failureOf(work: () => Promise<void>): Promise<StatementFailure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    return error;
  }
}

/** The server's message if no place in the script is to blame. */
export function withoutPlace(failure: StatementFailure): StatementError {
  const { message, sqlstate, detail, hint, where } = failure;
  return { message, sqlstate, detail, hint, where, position: undefined, excerpt: undefined };
}
