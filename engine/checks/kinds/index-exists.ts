import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { relationReference } from "../kind/column-reference.ts";
import { textArray } from "./parts/text-array.ts";

/** An index must exist and be valid. */
export interface IndexExists extends NamedCheck {
  kind: "indexExists";
  /** `index` or `schema.index`. */
  index: string;
  /** True if it must also be unique. Default: false, either is accepted. */
  unique?: boolean | undefined;
  /** Its key columns in order; an expression as PostgreSQL prints it, such as `lower(email)`. Default: any. */
  columns?: readonly string[] | undefined;
}

/** A check that an index exists and is valid: `indexExists("gifts_donor_id_idx")`. */
export function indexExists(
  index: string,
  options: CheckOptions & Pick<IndexExists, "columns" | "unique"> = {},
): IndexExists {
  const name = options.name ?? `${options.unique === true ? "unique index" : "index"} ${index} exists`;
  const unique = options.unique === true ? true : undefined;
  return checkOf({ kind: "indexExists", name, index, unique, columns: options.columns }, options);
}

/** An index that an interrupted build left invalid is a violation. */
export const indexExistsKind: CheckKind<IndexExists> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("indexExists"),
      ...optionsDefinition,
      index: z.string(),
      unique: z.boolean().optional(),
      columns: z.array(z.string()).min(1).optional(),
    })
    .transform(({ index, ...options }) => indexExists(index, options)),
  violations({ name, index, unique, columns }) {
    const wrong = [
      "i.indexrelid IS NULL",
      "NOT i.indisvalid",
      ...(unique === true ? ["NOT i.indisunique"] : []),
      ...(columns === undefined ? [] : [`${keyColumns} OPERATOR(pg_catalog.<>) ${textArray(columns)}`]),
    ];
    const shown =
      columns === undefined
        ? ""
        : `, pg_catalog.array_to_string(${keyColumns}, ', ') AS "columns",
             ${quoteLiteral(columns.join(", "))} AS "expected columns"`;
    return `SELECT ${quoteLiteral(index)} AS "index",
                   CASE WHEN i.indexrelid IS NULL THEN 'missing'
                        WHEN NOT i.indisvalid THEN 'invalid'
                        ${unique === true ? "WHEN NOT i.indisunique THEN 'not unique'" : ""}
                        ELSE 'on other columns' END AS "state"${shown}
              FROM (SELECT pg_catalog.to_regclass(${quoteLiteral(relationReference(name, index))}) AS oid) AS wanted
              LEFT JOIN pg_catalog.pg_index i ON i.indexrelid OPERATOR(pg_catalog.=) wanted.oid
             WHERE ${wrong.join(" OR ")}`;
  },
};

/** Bare column names. Columns that an index only includes are not among its keys. */
const keyColumns = `ARRAY(
  SELECT CASE WHEN i.indkey[n OPERATOR(pg_catalog.-) 1] OPERATOR(pg_catalog.=) 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, n, true)
              ELSE a.attname::pg_catalog.text END
    FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS n
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) i.indkey[n OPERATOR(pg_catalog.-) 1]
   ORDER BY n)`;
