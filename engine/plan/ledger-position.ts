import { createHash } from "node:crypto";
import type { Folder } from "../folder/folder.ts";
import { ledgerOf } from "../formats/formats.ts";
import type { Database } from "../postgres/session/database.ts";
import { digestOf } from "./digest.ts";
import type { Plan } from "./plan.ts";
import { planRun } from "./plan-run.ts";

/**
 * Marks that tell one position of a folder's ledger from another: what is applied, in a few characters. A mark is
 * neither secret nor proof. Comes with the number of the lock that every run of the folder's format takes.
 */
export function ledgerPositions(folder: Folder): {
  lockKey(address: Database["address"]): string;
  positionOf(database: Database): Promise<string>;
} {
  return {
    lockKey: (address) => ledgerOf(folder.format).lockKey(address),
    async positionOf(database) {
      return positionOf(await planRun({ database, folder }));
    },
  };
}

/**
 * The ledger position at which a plan's run starts, and a digest of what it applies. Two runs with both equal are
 * attempts at the same work.
 */
export function runMark(plan: Plan): { position: string; digest: string } {
  return { position: positionOf(plan), digest: digestOf(plan.steps.map(({ migration }) => migration)) };
}

function positionOf({ applied }: Plan): string {
  return createHash("sha256").update(applied.join("\0")).digest("hex").slice(0, 12);
}
