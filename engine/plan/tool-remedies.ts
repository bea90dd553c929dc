import type { FolderFormat } from "../folder/folder.ts";
import { foreign } from "../foreign-text.ts";

/** How a format's own tool settles what this package must not settle for it. */
interface ToolRemedy {
  /** Records the outcome of an attempt that failed. */
  settle(name: string): string;
  /** Records which migrations a database without a ledger already holds. */
  baseline: string;
}

const byHand = (table: string): ToolRemedy => ({
  settle: () => `the tool has no command for it: correct the rows of ${table} by hand`,
  baseline: `the tool has no command for it: add a row to ${table} for each migration that the database already holds`,
});

const remedies: Readonly<Record<FolderFormat, ToolRemedy>> = {
  prisma: {
    settle: (name) =>
      `npx prisma migrate resolve --rolled-back "${name}" if nothing of it remains, --applied "${name}" if all of it does`,
    baseline:
      'npx prisma migrate resolve --applied "<name>" for each migration that the database already holds',
  },
  flyway: {
    settle: () => "remove by hand what it left, then flyway repair",
    baseline: "flyway baseline -baselineVersion=<the newest version that the database already holds>",
  },
  "golang-migrate": {
    settle: () =>
      "complete or remove by hand what it left, then migrate force <the version that the database is at>",
    baseline: "migrate force <the newest version that the database already holds>",
  },
  supabase: {
    settle: (name) => `supabase migration repair --status reverted|applied ${name.split("_", 1)[0] ?? name}`,
    baseline:
      "supabase migration repair --status applied <version> for each migration that the database already holds",
  },
  "node-pg-migrate": { ...byHand("pgmigrations"), baseline: "node-pg-migrate up --fake" },
  goose: byHand("goose_db_version"),
  dbmate: byHand("schema_migrations"),
  drizzle: byHand("__drizzle_migrations"),
  "drizzle-journal": byHand("__drizzle_migrations"),
  numbered: byHand("the ledger"),
};

/** The next action after a failed attempt of a tool that keeps the ledger itself. */
export function settledByTool(format: FolderFormat, name: string): string {
  return `Check what it changed, then record the outcome with the tool itself: ${remedies[format].settle(foreign(name))}.`;
}

/** The next action for a database that has tables and no ledger, if a tool keeps the ledger itself. */
export function baselinedByTool(format: FolderFormat): string {
  return `Tell the tool itself what the database already holds: ${remedies[format].baseline}; or point the connection at an empty database.`;
}
