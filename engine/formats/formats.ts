import type { FolderReader } from "../folder/folder.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { dbmateReader } from "./dbmate/dbmate-folder.ts";
import { dbmateLedger } from "./dbmate/dbmate-ledger.ts";
import { drizzleJournalReader } from "./drizzle-journal/drizzle-journal-folder.ts";
import { drizzleJournalLedger } from "./drizzle-journal/drizzle-journal-ledger.ts";
import { dieselReader } from "./diesel/diesel-folder.ts";
import { dieselLedger } from "./diesel/diesel-ledger.ts";
import { drizzleReader } from "./drizzle/drizzle-folder.ts";
import { drizzleLedger } from "./drizzle/drizzle-ledger.ts";
import { flywayReader } from "./flyway/flyway-folder.ts";
import { flywayLedger } from "./flyway/flyway-ledger.ts";
import { golangMigrateReader } from "./golang-migrate/golang-migrate-folder.ts";
import { golangMigrateLedger } from "./golang-migrate/golang-migrate-ledger.ts";
import { gooseReader } from "./goose/goose-folder.ts";
import { gooseLedger } from "./goose/goose-ledger.ts";
import { nodePgMigrateReader } from "./node-pg-migrate/node-pg-migrate-folder.ts";
import { nodePgMigrateLedger } from "./node-pg-migrate/node-pg-migrate-ledger.ts";
import { numberedReader } from "./numbered/numbered-folder.ts";
import { numberedLedger } from "./numbered/numbered-ledger.ts";
import { prismaReader } from "./prisma/prisma-folder.ts";
import { prismaLedger } from "./prisma/prisma-ledger.ts";
import { sqlxReader } from "./sqlx/sqlx-folder.ts";
import { sqlxLedger } from "./sqlx/sqlx-ledger.ts";
import { supabaseReader } from "./supabase/supabase-folder.ts";
import { supabaseLedger } from "./supabase/supabase-ledger.ts";

/** A format of folders: its reader, and the ledger of its tool. */
export interface Format {
  reader: FolderReader;
  ledger: Ledger;
}

/** The formats by name, in the order in which a folder is tried. */
const formats = {
  "drizzle-journal": { reader: drizzleJournalReader, ledger: drizzleJournalLedger },
  drizzle: { reader: drizzleReader, ledger: drizzleLedger },
  diesel: { reader: dieselReader, ledger: dieselLedger },
  prisma: { reader: prismaReader, ledger: prismaLedger },
  sqlx: { reader: sqlxReader, ledger: sqlxLedger },
  flyway: { reader: flywayReader, ledger: flywayLedger },
  "golang-migrate": { reader: golangMigrateReader, ledger: golangMigrateLedger },
  goose: { reader: gooseReader, ledger: gooseLedger },
  dbmate: { reader: dbmateReader, ledger: dbmateLedger },
  "node-pg-migrate": { reader: nodePgMigrateReader, ledger: nodePgMigrateLedger },
  supabase: { reader: supabaseReader, ledger: supabaseLedger },
  numbered: { reader: numberedReader, ledger: numberedLedger },
} as const satisfies Record<string, Format>;

export type FolderFormat = keyof typeof formats;

/** The names of the formats that can be read. Each uses the ledger of its tool. */
export const folderFormats = Object.keys(formats) as [FolderFormat, ...FolderFormat[]];

/** The format with this name, one of `folderFormats`. */
export function folderFormat(name: string): Format {
  if (!isFolderFormat(name)) throw new Error(`The format ${name} does not exist.`);
  return formats[name];
}

export function isFolderFormat(name: string): name is FolderFormat {
  return Object.hasOwn(formats, name);
}

export function ledgerOf(format: string): Ledger {
  return folderFormat(format).ledger;
}
