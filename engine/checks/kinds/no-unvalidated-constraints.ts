import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { isInScope, missingSchemaRow, type SchemaScope, scopeText } from "./parts/schema-scope.ts";

/** No constraint may be NOT VALID. */
export interface NoUnvalidatedConstraints extends NamedCheck, SchemaScope {
  kind: "noUnvalidatedConstraints";
}

/** A check that every constraint is validated: `noUnvalidatedConstraints({ schema: "app" })`. */
export function noUnvalidatedConstraints(options: CheckOptions & SchemaScope = {}): NoUnvalidatedConstraints {
  const name = options.name ?? `no unvalidated constraints${scopeText(options)}`;
  return checkOf({ kind: "noUnvalidatedConstraints", name, schema: options.schema }, options);
}

/** One violation for each unvalidated constraint of a table or a domain. */
export const noUnvalidatedConstraintsKind: CheckKind<NoUnvalidatedConstraints> = {
  subject: "schema",
  // A later migration of the same run may complete an index or constraint that an earlier one left invalid.
  times: ["after", "standing"],
  definition: z
    .strictObject({
      kind: z.literal("noUnvalidatedConstraints"),
      ...optionsDefinition,
      schema: z.string().optional(),
    })
    .transform((options) => noUnvalidatedConstraints(options)),
  violations: (check) =>
    `SELECT n.nspname::pg_catalog.text AS "schema", coalesce(t.relname, d.typname)::pg_catalog.text AS "table or domain",
            c.conname::pg_catalog.text AS "constraint", 'not validated' AS "state"
       FROM pg_catalog.pg_constraint c
       JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.connamespace
       LEFT JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) c.conrelid
       LEFT JOIN pg_catalog.pg_type d ON d.oid OPERATOR(pg_catalog.=) c.contypid
      WHERE NOT c.convalidated AND ${isInScope(check)}
     ${missingSchemaRow(check, 2)}`,
};
