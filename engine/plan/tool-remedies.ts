import { foreign } from "../foreign-text.ts";
import { ledgerOf } from "../formats/formats.ts";

/** The next action after a failed attempt of a tool that keeps the ledger itself. */
export function settledByTool(format: string, name: string): string {
  return `Check what it changed, then record the outcome with the tool itself: ${ledgerOf(format).remedy.settle(foreign(name))}.`;
}

/** The next action for a database that has tables and no ledger, if a tool keeps the ledger itself. */
export function baselinedByTool(format: string): string {
  return `Record with the tool itself which migrations the database already holds: ${ledgerOf(format).remedy.baseline}; or point the connection at an empty database.`;
}
