import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { piecesOfScript, readScript } from "../../postgres/script/read-script.ts";
import { sourceOf } from "../../postgres/script/script-lines.ts";
import { positionInPiece } from "../../postgres/script/script-piece.ts";
import { sqlstate } from "../../postgres/text/sqlstate.ts";
import { StatementFailure } from "../../postgres/text/statement-failure.ts";
import { positionOfCharacter } from "../../postgres/text/text-position.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckRow, SessionKind } from "../kind/check-kind.ts";
import { smokeProblem } from "./parts/smoke-problem.ts";

/** A script that writes must succeed; its effects are rolled back. */
export interface Smoke extends NamedCheck {
  kind: "smoke";
  /** Any number of statements that can run in one transaction. Their results are not shown. */
  sql: string;
}

/**
 * A check that an SQL script that writes succeeds. Its effects are undone.
 *
 * ```ts
 * smoke("a gift can be given", "INSERT INTO gifts (donor, amount) VALUES (1, 5); UPDATE gifts SET amount = 6")
 * ```
 */
export function smoke(name: string, sql: string, options: Omit<CheckOptions, "name"> = {}): Smoke {
  return checkOf({ kind: "smoke", name, sql }, options);
}

export const smokeKind: SessionKind<Smoke> = {
  subject: "writes",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("smoke"),
      name: z.string().min(1),
      sql: z.string().min(1),
    })
    .transform(({ name, sql, ...options }) => smoke(name, sql, options)),
  queries: () => [],
  problem: ({ sql }) => smokeProblem(sql),
  async evaluate({ sql }, session) {
    const [{ names } = { names: null }] = await session.rows<{ names: string | null }>(initiallyDeferred);
    if (names !== null) await session.run(`SET CONSTRAINTS ${names} DEFERRED`);
    try {
      // Deferred constraints would only be checked by a COMMIT, which never comes.
      await session.run(`${sql}\n; SET CONSTRAINTS ALL IMMEDIATE`);
      return { violations: [] };
    } catch (error) {
      if (!(error instanceof StatementFailure) || isNoVerdict(error)) throw error;
      return { violations: [await rowOf(error, sql)] };
    }
  },
};

const noVerdicts: readonly (string | undefined)[] = [
  ...[sqlstate.lockNotAvailable, sqlstate.deadlockDetected, sqlstate.queryCanceled],
  // On a standby.
  sqlstate.readOnlyTransaction,
];

/** True for a lock that could not be acquired, a timeout, or a read-only server: they say nothing about the script. */
function isNoVerdict({ sqlstate: code }: StatementFailure): boolean {
  return noVerdicts.includes(code);
}

/**
 * The constraints that a transaction of the application would check at COMMIT. In a migration's transaction all are
 * immediate by now. SET CONSTRAINTS affects all of one name in a schema, and refuses those that cannot be deferred.
 */
const initiallyDeferred = `
  SELECT pg_catalog.string_agg(name, ', ') AS names
    FROM (SELECT pg_catalog.format('%I.%I', n.nspname, c.conname) AS name
            FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.connamespace
           WHERE n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
           GROUP BY n.nspname, c.conname
          HAVING pg_catalog.bool_or(c.condeferred) AND pg_catalog.bool_and(c.condeferrable)) AS constraints`;

async function rowOf(failure: StatementFailure, sql: string): Promise<CheckRow> {
  const line = await lineOf(failure, sql);
  return { error: failure.message, sqlstate: failure.sqlstate ?? null, line: line?.toString() ?? null };
}

/** The position that the server reports, else the start of the statement; none if a deferred constraint is violated. */
async function lineOf(
  { position, completedStatements }: StatementFailure,
  sql: string,
): Promise<number | undefined> {
  if (position !== undefined) return positionOfCharacter(sql, position - 1).line;
  const lines: number[] = [];
  for await (const piece of piecesOfScript(await readScript(sourceOf(sql))))
    lines.push(...piece.statements.map(({ start }) => positionInPiece(piece, start).line));
  return lines[completedStatements];
}
