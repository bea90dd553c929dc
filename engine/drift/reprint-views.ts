import { inFrame } from "../checks/check-frame.ts";
import { catalogPath } from "../postgres/session/catalog-path.ts";
import type { Database } from "../postgres/session/database.ts";
import type { SchemaObject } from "../postgres/catalog/schema-objects.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";

/**
 * Makes a server print the views that a server of another version has printed, if they differ from its own: versions
 * qualify columns differently, for example. Views that it does not understand stay unchanged.
 */
export async function reprintViews(
  database: Database,
  objects: readonly SchemaObject[],
  made: readonly SchemaObject[],
): Promise<SchemaObject[]> {
  const own = new Set(made.map(({ query }) => query));
  return inFrame(database, { insideTransaction: false, writes: true }, async ({ recover }) => {
    const printed: SchemaObject[] = [];
    for (const object of objects) {
      const { query, definition } = object;
      if (query === undefined || own.has(query)) {
        printed.push(object);
        continue;
      }
      const again = await reprint(database, query);
      await database.execute(recover);
      const head = definition.slice(0, definition.length - query.length);
      printed.push({ ...object, definition: `${head}${again}`, query: again });
    }
    return printed;
  });
}

async function reprint(database: Database, query: string): Promise<string> {
  try {
    await database.execute(`${catalogPath}; CREATE TEMP VIEW reprinted AS ${query}`);
    const [view] = await database.query<{ query: string }>(
      `SELECT pg_catalog.pg_get_viewdef('pg_temp.reprinted'::pg_catalog.regclass) AS query`,
    );
    return view?.query ?? query;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    return query;
  }
}
