import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { numberLiteral } from "./parts/bounds.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { columnReference } from "../kind/column-reference.ts";
import { textArray } from "./parts/text-array.ts";

export type AllowedValue = boolean | number | string;

/** Every value of a column must be one of a list. */
export interface ValueIn extends NamedCheck {
  kind: "valueIn";
  /** `table.column`. NULL is allowed. */
  column: string;
  /** The values. A number is compared as a number, anything else as the text that the server writes. */
  values: readonly AllowedValue[];
  /** A condition in SQL over the table's columns; other rows are left out. */
  where?: string | undefined;
}

/** A check that a column has only these values: `valueIn("gifts.status", ["OPEN", "PAID"])`. */
export function valueIn(
  column: string,
  values: readonly AllowedValue[],
  options: CheckOptions & { where?: string | undefined } = {},
): ValueIn {
  const name = options.name ?? `${column} is one of ${values.join(", ")}`;
  return checkOf({ kind: "valueIn", name, column, values, where: options.where }, options);
}

/** One violation for each value that is not in the list. */
export const valueInKind: CheckKind<ValueIn> = {
  subject: "data",
  definition: z
    .strictObject({
      kind: z.literal("valueIn"),
      ...optionsDefinition,
      column: z.string(),
      values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
      where: z.string().optional(),
    })
    .transform(({ column, values, ...options }) => valueIn(column, values, options)),
  violations({ name, column, values, where }) {
    const { table, columns } = columnReference(name, column);
    const [quoted = ""] = columns;
    const text = `${quoted}::pg_catalog.text`;
    return `SELECT ${text} AS ${quoted}, pg_catalog.count(*) AS "rows" FROM ${table}
             WHERE ${quoted} IS NOT NULL AND NOT (${isAllowed(text, values)})${givenCondition("AND", where)} GROUP BY ${text}`;
  },
};

function isAllowed(text: string, values: readonly AllowedValue[]): string {
  const equalText = `${text} OPERATOR(pg_catalog.=) ANY (${textArray(values.map(String))})`;
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === 0) return equalText;
  // So that 1 also equals a numeric 1.00. The cast would fail for a value that is not a number.
  return `CASE WHEN ${text} OPERATOR(pg_catalog.~) '^-?[0-9]+([.][0-9]+)?(e[+-]?[0-9]+)?$'
               THEN ${text}::pg_catalog.numeric OPERATOR(pg_catalog.=) ANY (ARRAY[${numbers.map(numberLiteral).join(", ")}]) ELSE false END
          OR ${equalText}`;
}
