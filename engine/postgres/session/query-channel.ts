import { channel } from "node:diagnostics_channel";

const queries = channel("pulumi-pg-migrations:query");

/** Hands the text of a query of this package to whoever subscribes to its diagnostics channel. */
export function announceQuery(sql: string): void {
  if (queries.hasSubscribers) queries.publish(sql);
}
