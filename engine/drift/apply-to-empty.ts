import { CheckEvaluationError } from "../checks/kind/check-evaluation-error.ts";
import { createSchema } from "../ledger/ledger-schema.ts";
import { planRun } from "../plan/plan-run.ts";
import type { Database } from "../postgres/session/database.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { applyRun } from "../run/apply-run.ts";
import type { FailedMigration } from "../run/run-result.ts";
import type { Live } from "./read-live.ts";

/**
 * Applies migrations to the empty database of a private server, which temporarily has the live server's roles, because
 * migrations grant to them. Rejects with a `CheckEvaluationError` if one fails.
 */
export async function applyToEmpty(
  database: Database,
  { applied, objects, roles, serverVersion }: Live,
  shadowVersion: string,
): Promise<void> {
  const lent = new Set(roles);
  // Without applied migrations there is no ledger to create the schema.
  if (objects.some(({ kind, name }) => kind === "schema" && name === database.address.schema))
    await createSchema(database);
  for (;;) {
    const { steps } = await planRun({ database, folder: applied });
    const options = { analyze: false, reconnectMs: 0 };
    const { failed } = await applyRun({ database, folder: applied, steps, options });
    if (failed === undefined) return;
    const role = roleThatExists(failed);
    // A migration creates this role itself.
    if (role === undefined || !lent.delete(role)) throw failure(failed, { serverVersion, shadowVersion });
    await database.execute(`DROP OWNED BY ${quoteIdentifier(role)}; DROP ROLE ${quoteIdentifier(role)}`);
  }
}

function roleThatExists({ error }: FailedMigration): string | undefined {
  if (error?.sqlstate !== sqlstate.duplicateObject) return undefined;
  return /^role "(.*)" already exists$/.exec(error.message)?.[1];
}

function failure(
  { name, error, violated }: FailedMigration,
  { serverVersion, shadowVersion }: { serverVersion: string; shadowVersion: string },
): CheckEvaluationError {
  const why = error?.message ?? `its checks failed there: ${violated.map(({ check }) => check).join(", ")}`;
  return new CheckEvaluationError(
    `${name} cannot be applied to an empty database of a throw-away server, PostgreSQL ${shadowVersion} ` +
      `(the database's is ${serverVersion}): ${why}`,
    { sqlstate: error?.sqlstate },
  );
}
