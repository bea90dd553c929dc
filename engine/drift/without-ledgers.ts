import { filesLedgerName } from "../ledger/files-ledger.ts";
import { folderFormats, ledgerOf } from "../formats/formats.ts";
import { attemptTableName } from "../ledger/attempt-table.ts";
import { parseName } from "../postgres/text/identifier.ts";
import type { SchemaObject } from "../postgres/catalog/schema-objects.ts";

/** Leaves out the tables in which tools and this package record applied migrations, with all their parts. */
export function withoutLedgers(objects: readonly SchemaObject[], schemas: readonly string[]): SchemaObject[] {
  const tables = new Set(
    schemas.flatMap((schema) => [
      ...folderFormats.map((format) => parseName(ledgerOf(format).tableOf(schema)).join(".")),
      `${schema}.${attemptTableName}`,
      `${schema}.${filesLedgerName}`,
    ]),
  );
  return objects.filter(({ aliases }) => !aliases.some((alias) => tables.has(alias)));
}
