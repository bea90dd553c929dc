import { type Script } from "../postgres/script/script.ts";
import { piecesOfScript } from "../postgres/script/read-script.ts";
import type { Database } from "../postgres/session/database.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import type { RunSession } from "./run-session.ts";

/**
 * Resets everything that a script may have left in the session (search path, role, time-outs, prepared statements), so
 * that neither the bookkeeping nor later statements inherit it. Inside a transaction it takes effect at once and is
 * rolled back with the rest.
 */
export const resetSettings =
  "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; DEALLOCATE ALL; UNLISTEN *";

/** The same at the end of a script; also drops temporary objects, which only the script can use. */
export const leaveNoTrace = `${resetSettings}; DISCARD TEMP`;

/** Deferred constraints are part of the judgement on a transaction, so they are forced before the checks. */
export const forceConstraints = "SET CONSTRAINTS ALL IMMEDIATE";

/**
 * Clean-up and bookkeeping are not subject to the time-outs of migrations, because waiting there holds up no session. A
 * run that waits without limit for a forgotten transaction would hold the run's lock equally long, so these have a
 * limit of their own.
 */
export const takeTime = "SET lock_timeout = 60000; SET statement_timeout = 0";

/**
 * Restores the settings that statements before `index` made for the rest of the script (search path, role, time-outs).
 * Bookkeeping between two segments resets them, and a run that goes on in another session never had them.
 */
export async function restoreSettings(
  { database }: RunSession,
  script: Script,
  index: number,
): Promise<void> {
  const wanted = [...script.settings].filter((setting) => setting < index);
  if (wanted.length === 0) return;
  const settings = new Set(wanted);
  let number = 0;
  for await (const piece of piecesOfScript(script)) {
    for (const { start, end } of piece.statements)
      if (settings.has(number++)) await database.execute(piece.text.slice(start, end));
    if (number >= index && script.kept !== undefined) return;
  }
}

/**
 * Commits without waiting for the disk. Migration and ledger row are one transaction, and later commits reach the disk
 * later. A server that crashes may lose the last of them, each as a whole, and the ledger shows that. All commits reach
 * the disk before a run reports its work.
 */
export const commitLater = "SET LOCAL synchronous_commit = off; COMMIT";

/** Commits a migration. The last of a run waits for the disk, and with it for all before it. */
export function commitOf({ last }: { last: boolean }): string {
  return last ? "COMMIT" : commitLater;
}

/**
 * Waits until every commit has reached the disk. A message to logical decoding is the smallest thing that a transaction
 * can write.
 */
export async function makeDurable(database: Database): Promise<void> {
  try {
    await database.query(
      "SELECT pg_catalog.pg_logical_emit_message(true, 'pulumi-pg-migrations', 'the run has ended')",
    );
  } catch (error) {
    // A role without the privilege must trust the server, which writes by itself within a second.
    if (!(error instanceof StatementFailure)) throw error;
  }
}
