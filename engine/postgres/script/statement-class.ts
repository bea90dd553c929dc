type Node = Record<string, unknown>;

const neverInTransaction = new Set([
  "AlterSystemStmt",
  "CreatedbStmt",
  "DropdbStmt",
  "CreateTableSpaceStmt",
  "DropTableSpaceStmt",
]);

/** True if PostgreSQL refuses the statement inside a transaction block. */
export function cannotRunInTransaction(type: string, node: Node): boolean {
  if (neverInTransaction.has(type)) return true;
  switch (type) {
    case "IndexStmt":
    case "DropStmt":
      return runsConcurrently(type, node);
    case "ReindexStmt":
      return (
        runsConcurrently(type, node) ||
        ["REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"].includes(
          String(node["kind"]),
        )
      );
    case "VacuumStmt":
      return node["is_vacuumcmd"] === true;
    case "ClusterStmt":
      return node["relation"] === undefined;
    case "AlterTableStmt":
      return runsConcurrently(type, node);
    case "CreateSubscriptionStmt":
    case "DropSubscriptionStmt":
    case "AlterSubscriptionStmt":
      return true;
    case "AlterDatabaseStmt":
      return hasOption(node, "tablespace");
    default:
      return false;
  }
}

/**
 * True if the statement has CONCURRENTLY and therefore runs outside a transaction: while it waits, it blocks nothing.
 */
export function runsConcurrently(type: string, node: Node): boolean {
  switch (type) {
    case "IndexStmt":
    case "DropStmt":
      return node["concurrent"] === true;
    case "ReindexStmt":
      return hasOption(node, "concurrently");
    case "AlterTableStmt":
      return commandsOf(node).some(detachesConcurrently);
    default:
      return false;
  }
}

function hasOption(node: Node, name: string): boolean {
  const list = (node["params"] ?? node["options"] ?? []) as { DefElem?: { defname?: string } }[];
  return list.some((option) => option.DefElem?.defname === name);
}

function commandsOf(node: Node): Node[] {
  return ((node["cmds"] ?? []) as { AlterTableCmd?: Node }[]).map((command) => command.AlterTableCmd ?? {});
}

function detachesConcurrently(command: Node): boolean {
  const definition = (command["def"] as { PartitionCmd?: { concurrent?: boolean } } | undefined)
    ?.PartitionCmd;
  return command["subtype"] === "AT_DetachPartition" && definition?.concurrent === true;
}

/**
 * True if a statement may commit by itself when it runs outside a transaction, and so is not atomic there. This applies
 * to a procedure call, and to a DO block that mentions COMMIT, ROLLBACK or CALL. A block that hides them is refused
 * inside a transaction.
 */
export function mayCommit(type: string, node: Node): boolean {
  if (type === "CallStmt") return true;
  if (type !== "DoStmt") return false;
  const { args = [] } = node as {
    args?: { DefElem?: { defname?: string; arg?: { String?: { sval?: string } } } }[];
  };
  return args.some(({ DefElem: { arg } = {} }) => /commit|rollback|\bcall\b/i.test(arg?.String?.sval ?? ""));
}

/**
 * True if a statement changes the session for later statements: a lasting SET, or a set_config as pg_dump writes it.
 */
export function changesSession({ type, node, text }: { type: string; node: Node; text: string }): boolean {
  if (type === "VariableSetStmt") return node["is_local"] !== true && node["name"] !== "TRANSACTION";
  return (
    type === "SelectStmt" &&
    /\bset_config\s*\(/i.test(text) &&
    !/,\s*(?:true|'(?:t|true|on|1|yes)')\s*\)/i.test(text)
  );
}

const onTables = new Set([
  ...["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CopyStmt", "TruncateStmt", "LockStmt"],
  ...[
    "CreateStmt",
    "CreateTableAsStmt",
    "AlterTableStmt",
    "IndexStmt",
    "RenameStmt",
    "CommentStmt",
    "ViewStmt",
  ],
  ...[
    "CreateSeqStmt",
    "AlterSeqStmt",
    "CreateTrigStmt",
    "CreatePolicyStmt",
    "AlterPolicyStmt",
    "RefreshMatViewStmt",
  ],
  ...["VariableSetStmt", "TransactionStmt"],
]);

const belongingToTables = new Set(
  [
    ...["TABLE", "INDEX", "VIEW", "MATVIEW", "SEQUENCE", "FOREIGN_TABLE", "TRIGGER", "POLICY"],
    ...["COLUMN", "TABCONSTRAINT"],
  ].map((type) => `OBJECT_${type}`),
);

/** A SELECT that calls nothing, or only a function that dumps call. */
const harmlessSelect =
  /^[^(]*$|^\s*select\s+(?:pg_catalog\.)?(?:setval|set_config|nextval|pg_sleep)\s*\([^()]*\)\s*$/i;

/**
 * True if a statement can only change tables, views, sequences and their parts. A function call on its own can change
 * anything.
 */
export function changesTablesOnly({ type, node, text }: { type: string; node: Node; text: string }): boolean {
  if (type === "SelectStmt") return harmlessSelect.test(text);
  if (type === "DropStmt") return belongingToTables.has(String(node["removeType"]));
  if (type === "RenameStmt") return belongingToTables.has(String(node["renameType"]));
  return onTables.has(type);
}
