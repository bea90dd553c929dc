import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";
import { columnReference } from "../kind/column-reference.ts";

/** The sum of a column must be the same after a run as before it. */
export interface SumPreserved extends NamedCheck {
  kind: "sumPreserved";
  /** A numeric column: `table.column`. */
  column: string;
  /** A condition in SQL over the table's columns; other rows are left out. */
  where?: string | undefined;
}

/** A check that a run preserves the sum of a column: `sumPreserved("entries.amount")`. */
export function sumPreserved(
  column: string,
  options: CheckOptions & { where?: string | undefined } = {},
): SumPreserved {
  const name = options.name ?? `sum of ${column} preserved`;
  return checkOf({ kind: "sumPreserved", name, column, where: options.where }, options);
}

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
    const [found] = await session.rows<{ sum: string; nan: string }>(sumOf(check));
    const sum = textOf(found);
    const before = session.before?.["sum"] ?? sum;
    return {
      violations: before === sum ? [] : [{ "sum before": before, "sum after": sum }],
      observed: { sum },
    };
  },
};

/**
 * Summed as numeric, because a sum of floating-point numbers depends on their order. They are converted as text,
 * because the server rounds them otherwise. NaN is counted separately, or it would hide all other values.
 */
function sumOf({ name, column, where }: SumPreserved): string {
  const { table, columns } = columnReference(name, column);
  const value = `${columns.join()}::pg_catalog.text`;
  return `SELECT coalesce(pg_catalog.sum(CASE WHEN ${value} OPERATOR(pg_catalog.<>) 'NaN' THEN ${value}::pg_catalog.numeric END), 0)::pg_catalog.text AS sum,
                 pg_catalog.count(*) FILTER (WHERE ${value} OPERATOR(pg_catalog.=) 'NaN')::pg_catalog.text AS nan
            FROM ${table}${givenCondition("WHERE", where)}`;
}

function textOf(found: { sum: string; nan: string } | undefined): string {
  const { sum, nan } = found ?? { sum: "0", nan: "0" };
  return nan === "0" ? withoutTrailingZeros(sum) : `${withoutTrailingZeros(sum)} and ${nan} NaN`;
}

/** A column whose scale has changed holds the same amounts. */
function withoutTrailingZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
