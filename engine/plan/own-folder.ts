import type { Folder } from "../folder/folder.ts";
import { namesInWords } from "../words.ts";
import { PlanError } from "./plan-error.ts";
import type { PlanOptions } from "./plan-options.ts";
import type { Plan } from "./plan.ts";

/**
 * Throws a `PlanError` if the ledger has applied migrations and the folder has none of them. Then the folder belongs to
 * another project, or the connection leads to another database. Migrations that are declared applied count as applied.
 */
export function requireOwnFolder(
  { applied, missing, ledger, options }: Plan,
  { dir, migrations }: Folder,
): void {
  if (missing.length === 0 || applied.length > missing.length) return;
  const inFolder =
    migrations.length === 0 ? "is empty" : `holds ${namesInWords(migrations.map(({ name }) => name))}`;
  throw new PlanError([
    `The folder ${dir} does not belong to the ledger ${ledger}: the ledger has ${namesInWords(missing)} as applied, and none of ` +
      `them is in the folder, which ${inFolder}. Nothing was done. Point migrations at the folder of this database, or the ` +
      `connection at the database of this folder. If the folder replaces those migrations, ${replaced(options)}.`,
  ]);
}

function replaced({ appliedBy }: PlanOptions): string {
  return appliedBy === "tool"
    ? "record with the tool itself which of its migrations the database already holds"
    : 'declare in the stack\'s configuration which of its migrations the database already holds: resolve: { "<name>": "applied" }';
}
