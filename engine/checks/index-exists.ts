import { z } from "zod";
import { checkOf, type CheckOptions, type NamedCheck, optionsDefinition } from "./check-options.ts";
import { quoteLiteral } from "../postgres/identifier.ts";
import type { CheckKind } from "./check.ts";
import { relationReference } from "./column-reference.ts";

/** An index must exist and be valid. */
export interface IndexExists extends NamedCheck {
  kind: "indexExists";
  /** `index` or `schema.index`. */
  index: string;
  /** Whether it also has to be unique. Default: false, either will do. */
  unique?: boolean | undefined;
}

/** A check that holds while an index exists and is valid: `indexExists("gifts_donor_id_idx")`. */
export function indexExists(
  index: string,
  options: CheckOptions & { unique?: boolean | undefined } = {},
): IndexExists {
  const name = options.name ?? `${options.unique === true ? "unique index" : "index"} ${index} exists`;
  const unique = options.unique === true ? true : undefined;
  return checkOf({ kind: "indexExists", name, index, unique }, options);
}

/** How the kind is read and how it becomes SQL. An index that was left invalid by an interrupted build counts as a violation. */
export const indexExistsKind: CheckKind<IndexExists> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("indexExists"),
      ...optionsDefinition,
      index: z.string(),
      unique: z.boolean().optional(),
    })
    .transform(({ index, ...options }) => indexExists(index, options)),
  violations: ({ name, index, unique }) =>
    `SELECT ${quoteLiteral(index)} AS "index",
            CASE WHEN i.indexrelid IS NULL THEN 'missing'
                 WHEN NOT i.indisvalid THEN 'invalid'
                 ELSE 'not unique' END AS "state"
       FROM (SELECT pg_catalog.to_regclass(${quoteLiteral(relationReference(name, index))}) AS oid) AS wanted
       LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = wanted.oid
      WHERE i.indexrelid IS NULL OR NOT i.indisvalid${unique === true ? " OR NOT i.indisunique" : ""}`,
};
