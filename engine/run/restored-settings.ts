import { piecesOfScript, type Script } from "../postgres/script.ts";
import type { RunSession } from "./run-session.ts";

/**
 * Sets what statements before `index` have set for the rest of the script (search path, role, time-outs): bookkeeping
 * between two segments takes it back, and a run that goes on in another session never had it.
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
