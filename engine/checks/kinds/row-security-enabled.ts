import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { relationKinds, relationNumber } from "./parts/catalog-lookup.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";

/** A table's row security must be enabled. */
export interface RowSecurityEnabled extends NamedCheck {
  kind: "rowSecurityEnabled";
  /** `table` or `schema.table`. */
  table: string;
  /** True if it must also apply to the table's owner. Default: false, either is accepted. */
  forced?: boolean | undefined;
}

/** A check that row security is enabled: `rowSecurityEnabled("gifts", { forced: true })`. */
export function rowSecurityEnabled(
  table: string,
  options: CheckOptions & { forced?: boolean | undefined } = {},
): RowSecurityEnabled {
  const forced = options.forced === true ? true : undefined;
  const name = options.name ?? `row security of ${table} is ${forced === true ? "forced" : "enabled"}`;
  return checkOf({ kind: "rowSecurityEnabled", name, table, forced }, options);
}

export const rowSecurityEnabledKind: CheckKind<RowSecurityEnabled> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("rowSecurityEnabled"),
      ...optionsDefinition,
      table: z.string(),
      forced: z.boolean().optional(),
    })
    .transform(({ table, ...options }) => rowSecurityEnabled(table, options)),
  violations: ({ name, table, forced }) =>
    `SELECT ${quoteLiteral(table)} AS "table",
            CASE WHEN c.oid IS NULL THEN 'there is no such table'
                 WHEN NOT c.relrowsecurity THEN 'disabled'
                 ELSE 'not forced' END AS "row security"
       FROM (SELECT ${relationNumber(name, table, relationKinds.tables)} AS number) AS wanted
       LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) wanted.number
      WHERE c.oid IS NULL OR NOT c.relrowsecurity${forced === true ? " OR NOT c.relforcerowsecurity" : ""}`,
};
