import { scriptSource } from "../folder/script-source.ts";
import { type Steps, stepsOf } from "../plan/step.ts";
import { type DataLoss, dataLossOf } from "../postgres/script/data-loss.ts";
import type { Database } from "../postgres/session/database.ts";
import { loadParser, parsePiece, wordsOf } from "../postgres/script/parsed-statement.ts";
import { piecesOfScript, readScript } from "../postgres/script/read-script.ts";

/** The statements of a migration's rollback, and the data that they lose. */
export interface RollbackLoss {
  /** The migration's name. */
  migration: string;
  /** The statements of its down script, each cut to the length that a message can hold. */
  statements: string[];
  losses: (DataLoss & {
    /** The estimated number of rows in the table; undefined if unknown. */
    rows: number | undefined;
  })[];
}

/** Reads the down scripts of a plan, and the number of rows in the tables that they drop. */
export async function readLosses(database: Database, plan: Steps): Promise<RollbackLoss[]> {
  const found: RollbackLoss[] = [];
  const rollbacks = stepsOf(plan, "rollBack");
  if (rollbacks.length > 0) await loadParser();
  for (const {
    name,
    migration: { down },
  } of rollbacks) {
    if (down === undefined) continue;
    const statements: string[] = [];
    const losses: DataLoss[] = [];
    for await (const piece of piecesOfScript(await readScript(scriptSource(down), down)))
      if (piece.kind === "long")
        statements.push(...piece.statements.map(({ start }) => wordsOf(piece.text.slice(start))));
      else if (piece.kind !== "data" && piece.kind !== "rest")
        for (const statement of parsePiece(piece).statements) {
          statements.push(wordsOf(statement.text));
          losses.push(...dataLossOf(statement));
        }
    const counted = [];
    for (const loss of losses) counted.push({ ...loss, rows: await rowsOf(database, loss.table) });
    found.push({ migration: name, statements, losses: counted });
  }
  return found;
}

/** The planner's estimate, which costs nothing. Exact if the table is empty, or small and never analyzed. */
async function rowsOf(database: Database, table: string | undefined): Promise<number | undefined> {
  if (table === undefined) return undefined;
  const [estimate] = await database.query<{ rows: number; bytes: string }>(
    `SELECT c.reltuples::pg_catalog.float8 AS rows, pg_catalog.pg_relation_size(c.oid) AS bytes
       FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1) AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,m}')`,
    [table],
  );
  if (estimate === undefined) return undefined;
  if (Number(estimate.bytes) > smallBytes) return estimate.rows < 0 ? undefined : Math.round(estimate.rows);
  const [exact] = await database.query<{ rows: string }>(
    `SELECT pg_catalog.count(*) AS rows FROM ONLY ${table}`,
  );
  return Number(exact?.rows ?? 0);
}

/** Counting this much takes milliseconds. */
const smallBytes = 8 << 20;
