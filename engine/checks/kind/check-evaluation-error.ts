import { PgMigrationsError } from "../../error.ts";

/** A check cannot be evaluated, for a reason other than a refusal by the database. The message says why. */
export class CheckEvaluationError extends PgMigrationsError {
  constructor(message: string, options: { cause?: unknown; sqlstate?: string | undefined } = {}) {
    super("CHECK_NOT_EVALUATED", message, options);
  }
}
