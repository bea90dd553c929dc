import type { FolderFormat } from "../folder/folder.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { dbmateLedger } from "./dbmate/dbmate-ledger.ts";
import { drizzleJournalLedger } from "./drizzle-journal/drizzle-journal-ledger.ts";
import { drizzleLedger } from "./drizzle/drizzle-ledger.ts";
import { flywayLedger } from "./flyway/flyway-ledger.ts";
import { golangMigrateLedger } from "./golang-migrate/golang-migrate-ledger.ts";
import { gooseLedger } from "./goose/goose-ledger.ts";
import { nodePgMigrateLedger } from "./node-pg-migrate/node-pg-migrate-ledger.ts";
import { numberedLedger } from "./numbered/numbered-ledger.ts";
import { prismaLedger } from "./prisma/prisma-ledger.ts";
import { supabaseLedger } from "./supabase/supabase-ledger.ts";

const ledgers: Record<FolderFormat, Ledger> = {
  "drizzle-journal": drizzleJournalLedger,
  drizzle: drizzleLedger,
  prisma: prismaLedger,
  flyway: flywayLedger,
  "golang-migrate": golangMigrateLedger,
  goose: gooseLedger,
  dbmate: dbmateLedger,
  "node-pg-migrate": nodePgMigrateLedger,
  supabase: supabaseLedger,
  numbered: numberedLedger,
};

/** The ledger that belongs to a format of folders. */
export function ledgerOf(format: FolderFormat): Ledger {
  return ledgers[format];
}
