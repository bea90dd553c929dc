import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { relationReference } from "../kind/column-reference.ts";
import { textArray } from "./parts/text-array.ts";

/** An enum must have certain values. */
export interface EnumHas extends NamedCheck {
  kind: "enumHas";
  /** `type` or `schema.type`. */
  type: string;
  values: readonly string[];
  /** True if it must have exactly these values in this order. Default: false. */
  exactly?: boolean | undefined;
}

/** A check that an enum has these values: `enumHas("Status", ["OPEN", "PAID"])`. */
export function enumHas(
  type: string,
  values: readonly string[],
  options: CheckOptions & { exactly?: boolean | undefined } = {},
): EnumHas {
  const exactly = options.exactly === true ? true : undefined;
  const name = options.name ?? `enum ${type} has ${exactly === true ? "exactly " : ""}${values.join(", ")}`;
  return checkOf({ kind: "enumHas", name, type, values, exactly }, options);
}

/** One violation for each missing value, or one for a list that differs. */
export const enumHasKind: CheckKind<EnumHas> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("enumHas"),
      ...optionsDefinition,
      type: z.string(),
      values: z.array(z.string()).min(1),
      exactly: z.boolean().optional(),
    })
    .transform(({ type, values, ...options }) => enumHas(type, values, options)),
  violations({ name, type, values, exactly }) {
    const wanted = textArray(values);
    const [expected, isSatisfied] =
      exactly === true
        ? [
            `(SELECT pg_catalog.array_to_string(${wanted}, ', ') AS expected)`,
            `present.labels OPERATOR(pg_catalog.=) ${wanted}`,
          ]
        : [`pg_catalog.unnest(${wanted})`, "wanted.expected OPERATOR(pg_catalog.=) ANY (present.labels)"];
    const found = "coalesce(pg_catalog.array_to_string(present.labels, ', '), 'there is no such enum')";
    return `SELECT ${quoteLiteral(type)} AS "enum", wanted.expected AS "expected", ${found} AS "found"
              FROM (SELECT pg_catalog.array_agg(enumlabel::pg_catalog.text ORDER BY enumsortorder) AS labels
                      FROM pg_catalog.pg_enum
                     WHERE enumtypid OPERATOR(pg_catalog.=) pg_catalog.to_regtype(${quoteLiteral(relationReference(name, type))})) AS present
             CROSS JOIN ${expected} AS wanted (expected)
             WHERE NOT coalesce(${isSatisfied}, false)`;
  },
};
