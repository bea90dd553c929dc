import { z } from "zod";
import { optionsDefinition } from "./check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "./check-options.ts";
import type { SessionKind } from "./check.ts";
import { columnReference } from "./column-reference.ts";

/** The sum of a column must be the same after a run as before it. */
export interface SumPreserved extends NamedCheck {
  kind: "sumPreserved";
  /** A numeric column: `table.column`. */
  column: string;
  /** A condition in SQL over the table's columns; rows that do not meet it are left out. */
  where?: string | undefined;
}

/** A check that holds while a run leaves the sum of a column as it was: `sumPreserved("entries.amount")`. */
export function sumPreserved(
  column: string,
  options: CheckOptions & { where?: string | undefined } = {},
): SumPreserved {
  const name = options.name ?? `sum of ${column} preserved`;
  return checkOf({ kind: "sumPreserved", name, column, where: options.where }, options);
}

/** How the kind is read and evaluated. */
export const sumPreservedKind: SessionKind<SumPreserved> = {
  subject: "change",
  definition: z
    .strictObject({
      kind: z.literal("sumPreserved"),
      ...optionsDefinition,
      column: z.string(),
      where: z.string().optional(),
    })
    .transform(({ column, ...options }) => sumPreserved(column, options)),
  queries: (check) => [sumOf(check)],
  async evaluate(check, session) {
    const [{ sum } = { sum: "0" }] = await session.rows<{ sum: string }>(sumOf(check));
    const before = session.before?.["sum"] ?? sum;
    const isSame = withoutTrailingZeros(before) === withoutTrailingZeros(sum);
    return {
      violations: isSame ? [] : [{ "sum before": before, "sum after": sum }],
      observed: { sum },
    };
  },
};

/** As numeric: a sum of floating-point numbers would depend on the order in which they are added. */
function sumOf({ name, column, where }: SumPreserved): string {
  const { table, columns } = columnReference(name, column);
  return `SELECT coalesce(pg_catalog.sum(${columns.join()}::pg_catalog.numeric), 0)::pg_catalog.text AS sum
            FROM ${table}${where === undefined ? "" : ` WHERE (${where}\n)`}`;
}

/** A column whose scale has changed holds the same amounts. */
function withoutTrailingZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
