import { createHash } from "node:crypto";
import type { Folder } from "../folder/folder.ts";
import { ledgerOf } from "../ledger/ledger.ts";
import type { Database } from "../postgres/database.ts";
import { planRun } from "./plan-run.ts";

/**
 * Tells one position of a folder's ledger from another: what is applied, in a few characters. It is no secret and no
 * proof, only a mark. With the number of the lock that every run of the folder's format takes.
 */
export function ledgerPositions(folder: Folder): {
  lockKey: number;
  positionOf(database: Database): Promise<string>;
} {
  return {
    lockKey: ledgerOf(folder.format).lockKey,
    async positionOf(database) {
      const { applied } = await planRun({ database, folder });
      return createHash("sha256").update(applied.join("\0")).digest("hex").slice(0, 12);
    },
  };
}
