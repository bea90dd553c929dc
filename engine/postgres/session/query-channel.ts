import { channel } from "node:diagnostics_channel";

const queries = channel("pulumi-pg-migrations:query");

/** Publishes the text of a query of this package on its diagnostics channel. */
export function announceQuery(sql: string): void {
  if (queries.hasSubscribers) queries.publish(sql);
}
