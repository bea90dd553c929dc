import { PgMigrationsError } from "../error.ts";

/** The plan cannot be carried out as it stands; every reason is named, and nothing was changed. */
export class PlanError extends PgMigrationsError {
  constructor(problems: readonly string[]) {
    super("PLAN_UNSOUND", problems.join("\n"));
  }
}
