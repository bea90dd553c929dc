import { PgMigrationsError } from "../error.ts";

/** A ledger that is not what its format's tool makes of it; the message says which table and what to do. */
export class LedgerError extends PgMigrationsError {}
