import { type ConcurrentIndex, concurrentIndexOf } from "./concurrent-index.ts";
import { type CreatedObject, createdObjectOf } from "./created-object.ts";
import { type IndexDefinition, indexDefinitionOf } from "./index-definition.ts";
import type { ParsedStatement } from "./parsed-statement.ts";
import { type PartitionDetachment, partitionDetachmentOf } from "./partition-detachment.ts";
import { sqlstate } from "../text/sqlstate.ts";
import { runsConcurrently } from "./statement-class.ts";

/** The facts about a statement outside a transaction that are needed to resume it after an interruption. */
export interface LoneStatement {
  /** True if it is CONCURRENTLY: while it waits, it blocks nothing. */
  concurrently: boolean;
  /** The index that it builds, rebuilds or drops CONCURRENTLY. */
  index: ConcurrentIndex | undefined;
  /** The definition of the index that it builds CONCURRENTLY. */
  definition: IndexDefinition | undefined;
  /** The partition that it detaches CONCURRENTLY. */
  detachment: PartitionDetachment | undefined;
  /** The SQLSTATE with which the server refuses it if it was done before. */
  sqlstateWhenDone: string | undefined;
  /** The database, tablespace or subscription that it creates. */
  creates: CreatedObject | undefined;
}

/** A statement without special facts: it runs outside a transaction. */
export const plainlyAlone: LoneStatement = {
  concurrently: false,
  index: undefined,
  definition: undefined,
  detachment: undefined,
  sqlstateWhenDone: undefined,
  creates: undefined,
};

/** Reads it from a statement of PostgreSQL's parse tree. */
export function loneStatementOf({
  type,
  node,
  text,
}: Pick<ParsedStatement, "node" | "text" | "type">): LoneStatement {
  const concurrently = runsConcurrently(type, node);
  return {
    concurrently,
    index: concurrently ? concurrentIndexOf(type, node) : undefined,
    definition: concurrently && type === "IndexStmt" ? indexDefinitionOf(node, text) : undefined,
    detachment: concurrently ? partitionDetachmentOf(type, node) : undefined,
    sqlstateWhenDone: sqlstatesWhenDone[type],
    creates: createdObjectOf(type, node),
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
