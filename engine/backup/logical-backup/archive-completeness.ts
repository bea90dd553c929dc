import { type Connection } from "../../postgres/session/connection.ts";
import { withDatabase } from "../../postgres/session/connect.ts";
import { BackupError } from "../backup.ts";
import type { ArchiveContents, ArchiveEntry } from "./archive-contents.ts";
import { foreign } from "../../foreign-text.ts";

interface DumpedRelation {
  /** For example `public."Gifts"`. */
  name: string;
  /** Schema, name and owner as the archive's contents spell them. */
  label: string;
  oid: number;
  kind: "table" | "materialized view" | "sequence";
}

/**
 * Compares the contents of an archive with the live catalog: data of every table and partition, every sequence and
 * materialized view, the large objects. Resolves to the number of tables. Rejects with a `BackupError` that names what
 * is missing.
 */
export async function requireComplete(contents: ArchiveContents, connection: Connection): Promise<number> {
  const { relations, hasLargeObjects } = await readExpected(connection);
  const present = new Set(contents.entries.map(entryKey));
  const missing = relations
    .filter((relation) => !present.has(expectedKey(relation)))
    .map(({ kind, name }) => `the ${kind} ${foreign(name)}`);
  if (hasLargeObjects && !contents.entries.some(({ text }) => text.startsWith("BLOBS ")))
    missing.push("the large objects");
  if (missing.length > 0)
    throw new BackupError(
      "ARCHIVE_INCOMPLETE",
      `The archive lacks ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}. ` +
        `They were probably created while pg_dump ran. Run pulumi up again.`,
    );
  return relations.filter(({ kind }) => kind === "table").length;
}

/** Contents do not quote names, so tables are identified by OID. Sequence values have no OID. */
function expectedKey({ kind, oid, label }: DumpedRelation): string {
  if (kind === "sequence") return `SEQUENCE SET ${label.replace(/[\r\n]/g, " ")}`;
  return kind === "table" ? `TABLE DATA ${oid}` : `MATERIALIZED VIEW ${oid}`;
}

function entryKey({ catalog, oid, text }: ArchiveEntry): string {
  if (catalog === 0 && text.startsWith("TABLE DATA ")) return `TABLE DATA ${oid}`;
  if (catalog !== 0 && text.startsWith("MATERIALIZED VIEW ")) return `MATERIALIZED VIEW ${oid}`;
  return text;
}

async function readExpected(
  connection: Connection,
): Promise<{ relations: DumpedRelation[]; hasLargeObjects: boolean }> {
  return withDatabase(connection, async (session) => ({
    relations: await session.query<DumpedRelation>(
      // Extensions create their members, except tables that they declare to hold the user's data.
      `SELECT c.oid::bigint::pg_catalog.float8 AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
              pg_catalog.concat_ws(' ', n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner)) AS label,
              CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'r' THEN 'table' WHEN c.relkind OPERATOR(pg_catalog.=) 'S' THEN 'sequence' ELSE 'materialized view' END AS kind
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,S,m}') AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
          AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema' AND n.nspname OPERATOR(pg_catalog.!~) '^pg_'
          AND (NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                            WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e')
               OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid OPERATOR(pg_catalog.=) ANY (e.extconfig)))
        ORDER BY 2`,
    ),
    hasLargeObjects:
      (await session.query("SELECT FROM pg_catalog.pg_largeobject_metadata LIMIT 1")).length > 0,
  }));
}
