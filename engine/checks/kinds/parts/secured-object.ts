import { quoteLiteral } from "../../../postgres/text/identifier.ts";
import { relationKinds, relationNumber, schemaNumber } from "./catalog-lookup.ts";
import { CheckDefinitionError } from "../../kind/check-definition-error.ts";
import { relationReference } from "../../kind/column-reference.ts";

const privileges = {
  table: ["select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"],
  schema: ["usage", "create"],
  sequence: ["usage", "select", "update"],
  function: ["execute"],
} as const;

type ObjectType = keyof typeof privileges;

/** A privilege, as in GRANT. `maintain` needs PostgreSQL 17. */
export type Privilege = (typeof privileges)[ObjectType][number];

/** The object of a privilege; exactly one member is given. */
export interface Grantable {
  /** `table` or `schema.table`; a view is accepted. */
  table?: string | undefined;
  /** The schema's name. */
  schema?: string | undefined;
  /** `sequence` or `schema.sequence`. */
  sequence?: string | undefined;
  /** `function(type, type)` or `schema.function(type, type)`; the types can be omitted if the name is used once. */
  function?: string | undefined;
}

/** The object on which privileges are granted. */
export interface SecuredObject {
  type: ObjectType;
  /** The object as it was written. */
  written: string;
  /** Its OID as an SQL expression; NULL if it does not exist. */
  number: string;
}

/** The privileges that exist for an object of this type. Default: any type. */
export function privilegesOf(type?: ObjectType): readonly Privilege[] {
  return type === undefined ? [...new Set(Object.values(privileges).flat())] : privileges[type];
}

/** The one object that is named. */
export function securedObject(check: string, grantable: Grantable): SecuredObject {
  const { table, schema, sequence, function: routine } = grantable;
  const found: SecuredObject[] = [];
  if (table !== undefined)
    found.push({ type: "table", written: table, number: relationNumber(check, table) });
  if (schema !== undefined) found.push({ type: "schema", written: schema, number: schemaNumber(schema) });
  if (sequence !== undefined)
    found.push({
      type: "sequence",
      written: sequence,
      number: relationNumber(check, sequence, relationKinds.sequences),
    });
  if (routine !== undefined)
    found.push({ type: "function", written: routine, number: routineNumber(check, routine) });
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    throw new CheckDefinitionError(check, "it must name one table, schema, sequence or function.");
  return only;
}

function routineNumber(check: string, routine: string): string {
  const [, name = routine, types] = /^((?:"(?:[^"]|"")+"|[^"(])+)\((.*)\)$/s.exec(routine) ?? [];
  const quoted = relationReference(check, name);
  if (types === undefined) return `pg_catalog.to_regproc(${quoteLiteral(quoted)})::pg_catalog.oid`;
  // Before PostgreSQL 16 a type that does not exist raises an error there.
  const known = (types.match(/(?:"(?:[^"]|"")*"|\([^()]*\)|[^",()])+/g) ?? [])
    .filter((type) => type.trim() !== "")
    .map((type) => `pg_catalog.to_regtype(${quoteLiteral(type)}) IS NOT NULL`);
  const signature = `pg_catalog.to_regprocedure(${quoteLiteral(`${quoted}(${types})`)})::pg_catalog.oid`;
  return `CASE WHEN ${["true", ...known].join(" AND ")} THEN ${signature} END`;
}
