import { firstUserOid } from "../postgres/catalog/changed-relations.ts";
import type { Database } from "../postgres/session/database.ts";
import { namesIn } from "../postgres/script/query-names.ts";
import { queriesOf } from "./check-kinds.ts";
import type { Check } from "./check.ts";

/** The relations that checks have read, by check name. A missing entry means unknown. */
export type CheckReads = Map<string, readonly number[]>;

/**
 * Leaves out checks that use functions or operators of users, directly, in a view or in a policy: these may read
 * something else next time.
 */
export async function withoutOwnFunctions(
  database: Database,
  checks: readonly Check[],
  reads: CheckReads,
): Promise<CheckReads> {
  if (reads.size === 0) return reads;
  const named = new Map(
    await Promise.all(checks.map(async (check) => [check.name, await namesOf(check)] as const)),
  );
  const own = await ownNames(database, [...named.values()]);
  const opaque = await opaqueRelations(database, [...reads.values()].flat());
  return new Map(
    [...reads].filter(([name, relations]) => {
      const { functions = [], operators = [] } = named.get(name) ?? {};
      return (
        !functions.some((one) => own.functions.has(one)) &&
        !operators.some((one) => own.operators.has(one)) &&
        !relations.some((relation) => opaque.has(relation))
      );
    }),
  );
}

interface CalledNames {
  functions: string[];
  operators: string[];
}

async function namesOf(check: Check): Promise<CalledNames> {
  const names = await Promise.all(queriesOf(check).map(namesIn));
  return {
    functions: names.flatMap(({ functions }) => functions),
    operators: names.flatMap(({ operators }) => operators),
  };
}

async function ownNames(
  database: Database,
  called: readonly CalledNames[],
): Promise<{ functions: Set<string>; operators: Set<string> }> {
  const [found] = await database.query<{ functions: string[] | null; operators: string[] | null }>(
    `SELECT (SELECT pg_catalog.array_agg(DISTINCT p.proname::pg_catalog.text) FROM pg_catalog.pg_proc p
              WHERE p.proname OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]) AND p.oid::pg_catalog.int8 OPERATOR(pg_catalog.>=) ${firstUserOid}) AS functions,
            (SELECT pg_catalog.array_agg(DISTINCT o.oprname::pg_catalog.text) FROM pg_catalog.pg_operator o
              WHERE o.oprname OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.text[]) AND o.oid::pg_catalog.int8 OPERATOR(pg_catalog.>=) ${firstUserOid}) AS operators`,
    [
      [...new Set(called.flatMap(({ functions }) => functions))],
      [...new Set(called.flatMap(({ operators }) => operators))],
    ],
  );
  return { functions: new Set(found?.functions), operators: new Set(found?.operators) };
}

/** Views that call functions of users, and tables whose rows a policy may hide. */
async function opaqueRelations(database: Database, relations: readonly number[]): Promise<Set<number>> {
  const found = await database.query<{ relation: number }>(
    `SELECT c.oid::pg_catalog.int8::pg_catalog.float8 AS relation FROM pg_catalog.pg_class c
      WHERE c.oid::pg_catalog.int8 OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.int8[])
        AND (c.relrowsecurity OR EXISTS (
          SELECT FROM pg_catalog.pg_rewrite r
            JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) r.oid
           WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid AND d.refobjid::pg_catalog.int8 OPERATOR(pg_catalog.>=) ${firstUserOid}
             AND d.refclassid OPERATOR(pg_catalog.=) ANY ('{pg_catalog.pg_proc,pg_catalog.pg_operator}'::pg_catalog.regclass[])))`,
    [[...new Set(relations)]],
  );
  return new Set(found.map(({ relation }) => relation));
}
