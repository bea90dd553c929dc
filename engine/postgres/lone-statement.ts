import { type ConcurrentIndex, concurrentIndexOf } from "./concurrent-index.ts";
import { type PartitionDetachment, partitionDetachmentOf } from "./partition-detachment.ts";
import { sqlstate } from "./sqlstate.ts";
import { runsConcurrently } from "./statement-class.ts";

/** What has to be known of a statement that runs outside a transaction, to take it up where it was interrupted. */
export interface LoneStatement {
  /** Whether it is CONCURRENTLY, so that its waiting holds up nobody. */
  concurrently: boolean;
  /** The index that it builds, rebuilds or drops CONCURRENTLY. */
  index: ConcurrentIndex | undefined;
  /** The partition that it detaches CONCURRENTLY. */
  detachment: PartitionDetachment | undefined;
  /** The SQLSTATE with which the server refuses it where it has been done before. */
  sqlstateWhenDone: string | undefined;
}

/** Reads it from a statement of PostgreSQL's parse tree. */
export function loneStatementOf(type: string, node: Record<string, unknown>): LoneStatement {
  const concurrently = runsConcurrently(type, node);
  return {
    concurrently,
    index: concurrently ? concurrentIndexOf(type, node) : undefined,
    detachment: concurrently ? partitionDetachmentOf(type, node) : undefined,
    sqlstateWhenDone: sqlstatesWhenDone[type],
  };
}

const sqlstatesWhenDone: Record<string, string> = {
  CreatedbStmt: sqlstate.duplicateDatabase,
  DropdbStmt: sqlstate.databaseMissing,
  CreateTableSpaceStmt: sqlstate.duplicateObject,
  DropTableSpaceStmt: sqlstate.undefinedObject,
  CreateSubscriptionStmt: sqlstate.duplicateObject,
  DropSubscriptionStmt: sqlstate.undefinedObject,
};
