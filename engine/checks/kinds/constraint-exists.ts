import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { plainName, relationNumber } from "./parts/catalog-lookup.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";

const letters = {
  check: "c",
  unique: "u",
  "primary key": "p",
  "foreign key": "f",
  exclusion: "x",
  "not null": "n",
};
const types = Object.keys(letters) as ConstraintType[];

/** The type of a constraint. Since PostgreSQL 18, NOT NULL is a constraint with a name. */
export type ConstraintType = keyof typeof letters;

/** A constraint must exist and be validated. */
export interface ConstraintExists extends NamedCheck {
  kind: "constraintExists";
  /** `table` or `schema.table`. */
  table: string;
  /** The constraint's name. */
  constraint: string;
  /** Its expected type. Default: any. */
  type?: ConstraintType | undefined;
}

/** A check that a validated constraint exists: `constraintExists("gifts", "gifts_amount_check", { type: "check" })`. */
export function constraintExists(
  table: string,
  constraint: string,
  options: CheckOptions & { type?: ConstraintType | undefined } = {},
): ConstraintExists {
  const { type } = options;
  const name =
    options.name ?? `${type === undefined ? "" : `${type} `}constraint ${constraint} of ${table} exists`;
  return checkOf({ kind: "constraintExists", name, table, constraint, type }, options);
}

/** A constraint that was added NOT VALID, or is not enforced, is a violation. */
export const constraintExistsKind: CheckKind<ConstraintExists> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("constraintExists"),
      ...optionsDefinition,
      table: z.string(),
      constraint: z.string(),
      type: z.enum(types).optional(),
    })
    .transform(({ table, constraint, ...options }) => constraintExists(table, constraint, options)),
  violations({ name, table, constraint, type }) {
    const isOther = type === undefined ? "false" : `c.contype OPERATOR(pg_catalog.<>) '${letters[type]}'`;
    const others = types
      .map((other) => `WHEN c.contype OPERATOR(pg_catalog.=) '${letters[other]}' THEN '${other}'`)
      .join(" ");
    return `SELECT ${quoteLiteral(table)} AS "table", ${quoteLiteral(constraint)} AS "constraint",
                   CASE WHEN wanted.number IS NULL THEN 'there is no such table'
                        WHEN c.oid IS NULL THEN 'missing'
                        WHEN ${isOther} THEN 'of another type: ' OPERATOR(pg_catalog.||) CASE ${others} ELSE 'trigger' END
                        ELSE 'not validated' END AS "state"
              FROM (SELECT ${relationNumber(name, table)} AS number) AS wanted
              LEFT JOIN pg_catalog.pg_constraint c ON c.conrelid OPERATOR(pg_catalog.=) wanted.number
                    AND c.conname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(constraint))}
             WHERE c.oid IS NULL OR NOT c.convalidated OR ${isOther}`;
  },
};
