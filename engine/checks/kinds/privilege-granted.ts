import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { roleNumber } from "./parts/catalog-lookup.ts";
import { CheckDefinitionError } from "../kind/check-definition-error.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { type Grantable, type Privilege, privilegesOf, securedObject } from "./parts/secured-object.ts";
import { textArray } from "./parts/text-array.ts";

/** One object and a role. */
export interface Grant extends Grantable {
  /** The role; `public` for all roles. */
  to: string;
}

/** A role must have privileges on an object. */
export interface PrivilegeGranted extends NamedCheck, Grant {
  kind: "privilegeGranted";
  privileges: readonly Privilege[];
}

/**
 * A check that a role has privileges, directly, as a member of another role, or through PUBLIC.
 *
 * ```ts
 * privilegeGranted(["select", "insert"], { table: "gifts", to: "app" })
 * ```
 */
export function privilegeGranted(
  privileges: readonly Privilege[],
  options: CheckOptions & Grant,
): PrivilegeGranted {
  const { table, schema, sequence, function: routine, to } = options;
  const on = Object.entries({ table, schema, sequence, function: routine }).find(
    ([, object]) => object !== undefined,
  );
  const name = options.name ?? `${to} may ${privileges.join(", ")} on ${on?.join(" ") ?? "nothing"}`;
  const own = {
    kind: "privilegeGranted",
    name,
    privileges,
    table,
    schema,
    sequence,
    function: routine,
    to,
  } as const;
  return checkOf(own, options);
}

/** One violation for each missing privilege. */
export const privilegeGrantedKind: CheckKind<PrivilegeGranted> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("privilegeGranted"),
      ...optionsDefinition,
      privileges: z.array(z.enum(privilegesOf())).min(1),
      table: z.string().optional(),
      schema: z.string().optional(),
      sequence: z.string().optional(),
      function: z.string().optional(),
      to: z.string(),
    })
    .transform(({ privileges, ...options }) => privilegeGranted(privileges, options)),
  violations({ name, privileges, to, ...grantable }) {
    const { type, written, number } = securedObject(name, grantable);
    const stranger = privileges.find((privilege) => !privilegesOf(type).includes(privilege));
    if (stranger !== undefined)
      throw new CheckDefinitionError(
        name,
        `a ${type} has no privilege ${stranger}; it has ${privilegesOf(type).join(", ")}.`,
      );
    return `SELECT p.privilege AS "privilege", ${quoteLiteral(`${type} ${written}`)} AS "on", ${quoteLiteral(to)} AS "to",
                   CASE WHEN wanted.object IS NULL THEN 'there is no such ${type}'
                        WHEN wanted.role IS NULL THEN 'there is no such role'
                        ELSE 'not granted' END AS "state"
              FROM (SELECT ${number} AS object, ${roleNumber(to)} AS role) AS wanted
             CROSS JOIN pg_catalog.unnest(${textArray(privileges)}) AS p (privilege)
             WHERE NOT coalesce(pg_catalog.has_${type}_privilege(wanted.role, wanted.object, p.privilege), false)`;
  },
};
