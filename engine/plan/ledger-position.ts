import { createHash } from "node:crypto";
import type { Folder } from "../folder/folder.ts";
import { ledgerOf } from "../formats/formats.ts";
import type { Database } from "../postgres/session/database.ts";
import { digestOf } from "./digest.ts";
import type { Plan } from "./plan.ts";
import { planRun } from "./plan-run.ts";

/**
 * Tells one position of a folder's ledger from another: what is applied, in a few characters. It is no secret and no
 * proof, only a mark. With the number of the lock that every run of the folder's format takes.
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

/** From where a plan's run begins, and what it is about to apply: two runs with both equal are attempts at the same. */
export function runMark(plan: Plan): { position: string; digest: string } {
  return { position: positionOf(plan), digest: digestOf(plan.steps.map(({ migration }) => migration)) };
}

function positionOf({ applied }: Plan): string {
  return createHash("sha256").update(applied.join("\0")).digest("hex").slice(0, 12);
}
