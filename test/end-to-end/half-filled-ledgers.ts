import type { FolderFormat } from "../../engine/index.ts";
import { recordedLedgers } from "../integration/formats/recorded-ledgers.ts";

/** A folder of `test/folders` whose tool has applied the first migrations, with the ledger that it left. */
export interface HalfFilledLedger {
  format: FolderFormat;
  folder: string;
  /** Number of applied versioned migrations. */
  applied: number;
  /** A script that creates the ledger with its rows, as the tool wrote them. */
  ledger: string;
  /** True if the format must be named, because it cannot be detected. */
  isNamed?: boolean;
}

/** One for each format except Prisma, whose tests are everywhere. */
export const halfFilledLedgers: readonly HalfFilledLedger[] = [
  ...recordedLedgers.map(({ format, folder, first, ledger }) => ({
    format,
    folder,
    applied: first.length,
    ledger,
    isNamed: format === "supabase",
  })),
  {
    format: "dbmate",
    folder: "dbmate",
    applied: 2,
    ledger: `CREATE TABLE schema_migrations (version varchar PRIMARY KEY);
      INSERT INTO schema_migrations VALUES ('20260105090000'), ('20260112101500')`,
  },
  {
    format: "node-pg-migrate",
    folder: "node-pg-migrate",
    applied: 2,
    ledger: `CREATE TABLE pgmigrations (id SERIAL PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL);
      INSERT INTO pgmigrations (name, run_on)
      SELECT name, now() FROM unnest(ARRAY[$names]) AS name`,
  },
  {
    format: "drizzle-journal",
    folder: "drizzle-journal",
    applied: 2,
    ledger: `CREATE SCHEMA drizzle;
      CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at)
      SELECT hash, at FROM unnest(ARRAY[$hashes], ARRAY[$keys]::bigint[]) AS migration (hash, at)`,
  },
  {
    format: "drizzle",
    folder: "drizzle",
    applied: 2,
    ledger: `CREATE SCHEMA drizzle;
      CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint,
        name text, applied_at timestamp with time zone DEFAULT now());
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name)
      SELECT hash, 0, name FROM unnest(ARRAY[$hashes], ARRAY[$names]) AS migration (hash, name)`,
  },
];
