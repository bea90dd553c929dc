import { type ParsedStatement, wordsOf } from "./parsed-statement.ts";
import { quoteName } from "../text/identifier.ts";

/** An object that a statement removes together with its data. */
export interface DataLoss {
  /** The statement's text, shortened for a message. */
  statement: string;
  /** The quoted name of the table whose data are lost; undefined if the statement names no table. */
  table: string | undefined;
  /** The column, if only its data are lost. */
  column: string | undefined;
}

interface RangeVariable {
  schemaname?: string;
  relname?: string;
}

/** The data that a statement removes, as far as its text shows. */
export function dataLossOf({ type, node, text }: ParsedStatement): DataLoss[] {
  const loss = (table?: string, column?: string): DataLoss => ({ statement: wordsOf(text), table, column });
  switch (type) {
    case "DropStmt":
      return droppedBy(node).map((table) => loss(table));
    case "TruncateStmt": {
      const { relations = [] } = node as { relations?: { RangeVar?: RangeVariable }[] };
      return relations.map(({ RangeVar: table }) => loss(nameOf(table)));
    }
    case "DeleteStmt":
      return [loss(nameOf(node["relation"] as RangeVariable))];
    case "AlterTableStmt": {
      const { relation, cmds = [] } = node as {
        relation?: RangeVariable;
        cmds?: { AlterTableCmd?: { subtype?: string; name?: string } }[];
      };
      return cmds.flatMap(({ AlterTableCmd: command }) =>
        command?.subtype === "AT_DropColumn" ? [loss(nameOf(relation), command.name)] : [],
      );
    }
    case "DropdbStmt":
    case "DropOwnedStmt":
      return [loss()];
    default:
      return [];
  }
}

const holdersOfData = ["OBJECT_TABLE", "OBJECT_MATVIEW", "OBJECT_SEQUENCE", "OBJECT_FOREIGN_TABLE"];

function droppedBy(node: Record<string, unknown>): (string | undefined)[] {
  const kind = String(node["removeType"]);
  if (kind === "OBJECT_SCHEMA") return [undefined];
  if (!holdersOfData.includes(kind)) return [];
  const { objects = [] } = node as { objects?: { List?: { items?: { String?: { sval?: string } }[] } }[] };
  return objects.map(({ List: list }) =>
    quoteName((list?.items ?? []).map((item) => item.String?.sval ?? "")),
  );
}

function nameOf(table: RangeVariable | undefined): string | undefined {
  if (table?.relname === undefined) return undefined;
  return quoteName(table.schemaname === undefined ? [table.relname] : [table.schemaname, table.relname]);
}
