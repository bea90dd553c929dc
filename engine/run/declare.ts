import { randomUUID } from "node:crypto";
import type { Folder } from "../folder/folder.ts";
import { ledgerOf } from "../formats/formats.ts";
import type { Plan } from "../plan/plan.ts";
import { stepsOf } from "../plan/step.ts";
import { inTransaction } from "../postgres/session/transaction.ts";
import type { RunSession } from "./run-session.ts";

/** Records the declarations of the stack's configuration in the ledger, in one transaction. */
export async function declare(
  { database }: RunSession,
  { format }: Folder,
  { steps, ledgerExists }: Pick<Plan, "ledgerExists" | "steps">,
): Promise<void> {
  const ledger = ledgerOf(format);
  await inTransaction(database, async () => {
    if (!ledgerExists) await ledger.create(database);
    for (const { migration, as } of stepsOf({ steps }, "declare"))
      if (as === "applied") await ledger.declareApplied(database, { id: randomUUID(), migration });
      else await ledger.declareRolledBack(database, migration);
  });
}
