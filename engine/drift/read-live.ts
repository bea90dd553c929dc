import { CheckEvaluationError } from "../checks/kind/check-evaluation-error.ts";
import type { Folder } from "../folder/folder.ts";
import { LedgerError } from "../ledger/ledger-error.ts";
import type { Plan } from "../plan/plan.ts";
import { stepsOf } from "../plan/step.ts";
import { planRun } from "../plan/plan-run.ts";
import type { Database } from "../postgres/session/database.ts";
import { readSchemaObjects, type SchemaObject } from "../postgres/catalog/schema-objects.ts";

/** The content of a database, and what another needs to become equal. */
export interface Live {
  objects: SchemaObject[];
  /** The folder, reduced to its applied migrations. */
  applied: Folder;
  /** For example `15.18`. */
  serverVersion: string;
  /** As PostgreSQL names it. */
  encoding: string;
  /** The names of the server's roles, which migrations may mention. */
  roles: string[];
  /** Extensions that only a superuser can create. */
  extensions: { name: string; schema: string }[];
}

/** Reads it in an open transaction. Rejects with a `CheckEvaluationError` if the ledger does not fit the folder. */
export async function readLive(
  database: Database,
  folder: Folder,
  schemas: readonly string[],
): Promise<Live> {
  const plan = await planRun({ database, folder }).catch((cause: unknown) => {
    throw cause instanceof LedgerError ? new CheckEvaluationError(cause.message, { cause }) : cause;
  });
  requireClear(plan, folder);
  const applied = new Set(plan.applied);
  const [facts] = await database.query<Pick<Live, "encoding" | "extensions" | "roles" | "serverVersion">>(
    `SELECT pg_catalog.current_setting('server_version') AS "serverVersion",
            pg_catalog.getdatabaseencoding() AS encoding,
            ARRAY(SELECT rolname::pg_catalog.text FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.!~) '^pg_') AS roles,
            (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', e.extname, 'schema', n.nspname) ORDER BY e.oid), '[]')
               FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
              WHERE EXISTS (SELECT FROM pg_catalog.pg_available_extension_versions v
                             WHERE v.name OPERATOR(pg_catalog.=) e.extname AND v.version OPERATOR(pg_catalog.=) e.extversion AND v.superuser AND NOT v.trusted)) AS extensions`,
  );
  if (facts === undefined)
    throw new CheckEvaluationError("The server did not answer the query about itself.");
  return {
    ...facts,
    objects: await readSchemaObjects(database, schemas),
    applied: {
      ...folder,
      incomplete: [],
      migrations: folder.migrations.filter(({ name }) => applied.has(name)),
    },
  };
}

/** Rejects migrations whose effect is uncertain. Pending ones are accepted: they have no effect yet. */
function requireClear(plan: Plan, { dir }: Folder): void {
  const { ledger, ledgerExists, tableWithoutLedger, missing, failed, applied } = plan;
  const pending = stepsOf(plan, "apply");
  const because = (problem: string, names: readonly string[]): CheckEvaluationError =>
    new CheckEvaluationError(
      `The schema that the migrations in ${dir} make cannot be compared: ${problem}${names.join(", ")}.`,
    );
  if (!ledgerExists && tableWithoutLedger !== undefined)
    throw because(`the ledger ${ledger}, which records the applied ones, does not exist`, []);
  if (missing.length > 0) throw because("applied migrations are missing from the folder: ", missing);
  const begun = [...failed, ...pending.filter(({ interrupted }) => interrupted !== undefined)];
  const half = new Set(begun.map(({ name }) => name));
  if (half.size > 0) throw because("migrations are partly applied: ", [...half]);
  const again = pending.filter(({ name }) => applied.includes(name));
  if (again.length > 0)
    throw because(
      "applied migrations have changed and are pending again: ",
      again.map(({ name }) => name),
    );
}
