import { PgMigrationsError } from "../error.ts";

/** The plan cannot be carried out. The message names every reason; nothing was changed. */
export class PlanError extends PgMigrationsError {
  constructor(problems: readonly string[]) {
    super("PLAN_UNSOUND", problems.join("\n"));
  }
}
