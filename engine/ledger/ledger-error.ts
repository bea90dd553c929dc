import { PgMigrationsError } from "../error.ts";

/** A ledger that differs from what its format's tool creates; the message names the table and the remedy. */
export class LedgerError extends PgMigrationsError {}
