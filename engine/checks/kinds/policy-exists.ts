import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { plainName, relationKinds, relationNumber } from "./parts/catalog-lookup.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { textArray } from "./parts/text-array.ts";

const letters = { all: "*", select: "r", insert: "a", update: "w", delete: "d" };
const commands = Object.keys(letters) as PolicyCommand[];

/** The command of a policy. */
export type PolicyCommand = keyof typeof letters;

/** A table must have a row security policy. */
export interface PolicyExists extends NamedCheck {
  kind: "policyExists";
  /** `table` or `schema.table`. */
  table: string;
  /** The policy's name. */
  policy: string;
  /** Its expected command. Default: any. */
  command?: PolicyCommand | undefined;
  /** Its expected roles, exactly these; `public` for all roles. Default: any. */
  roles?: readonly string[] | undefined;
}

/** A check that a policy exists: `policyExists("gifts", "own gifts", { command: "select" })`. */
export function policyExists(
  table: string,
  policy: string,
  options: CheckOptions & Pick<PolicyExists, "command" | "roles"> = {},
): PolicyExists {
  const { command, roles } = options;
  const name = options.name ?? `policy ${policy} of ${table} exists`;
  return checkOf({ kind: "policyExists", name, table, policy, command, roles }, options);
}

/** One violation for each deviation. */
export const policyExistsKind: CheckKind<PolicyExists> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("policyExists"),
      ...optionsDefinition,
      table: z.string(),
      policy: z.string(),
      command: z.enum(commands).optional(),
      roles: z.array(z.string()).min(1).optional(),
    })
    .transform(({ table, policy, ...options }) => policyExists(table, policy, options)),
  violations: (check) =>
    `SELECT ${quoteLiteral(check.table)} AS "table", ${quoteLiteral(check.policy)} AS "policy",
            d.what AS "what", d.expected AS "expected", d.found AS "found"
       FROM (SELECT ${relationNumber(check.name, check.table, relationKinds.tables)} AS number) AS wanted
       LEFT JOIN pg_catalog.pg_policy p ON p.polrelid OPERATOR(pg_catalog.=) wanted.number
             AND p.polname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(check.policy))}
      CROSS JOIN LATERAL (VALUES ${deviations(check).join(", ")}) AS d (what, holds, expected, found)
      WHERE NOT d.holds AND (p.oid IS NOT NULL OR d.what OPERATOR(pg_catalog.=) 'policy')`,
};

function deviations({ command, roles }: PolicyExists): string[] {
  const rows = [
    `('policy', p.oid IS NOT NULL, 'present',
      CASE WHEN wanted.number IS NULL THEN 'there is no such table' ELSE 'missing' END)`,
  ];
  if (command !== undefined) {
    const others = commands
      .map((other) => `WHEN p.polcmd OPERATOR(pg_catalog.=) '${letters[other]}' THEN '${other}'`)
      .join(" ");
    rows.push(
      `('command', p.polcmd OPERATOR(pg_catalog.=) '${letters[command]}', '${command}', CASE ${others} END)`,
    );
  }
  if (roles !== undefined) {
    const expected = textArray(roles.map(plainName));
    rows.push(
      `('roles', ${policyRoles} OPERATOR(pg_catalog.@>) ${expected} AND ${policyRoles} OPERATOR(pg_catalog.<@) ${expected},
        pg_catalog.array_to_string(${expected}, ', '), pg_catalog.array_to_string(${policyRoles}, ', '))`,
    );
  }
  return rows;
}

const policyRoles = `ARRAY(SELECT CASE WHEN role OPERATOR(pg_catalog.=) 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(role)::pg_catalog.text END
                             FROM pg_catalog.unnest(p.polroles) AS "roles" (role) ORDER BY 1)`;
