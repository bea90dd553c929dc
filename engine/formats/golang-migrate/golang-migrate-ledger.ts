import { crc32 } from "node:zlib";
import type { Folder } from "../../folder/folder.ts";
import type { Migration } from "../../folder/migration.ts";
import { compareVersions } from "../../folder/version.ts";
import type { Address, Queryable } from "../../postgres/session/database.ts";
import { LedgerError } from "../../ledger/ledger-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { plainEntry, type ToolEntry } from "../../ledger/tool-entries.ts";
import { toolLedger } from "../../ledger/tool-ledger.ts";

const tableName = "schema_migrations";
/** golang-migrate's name for the state before the first version. */
const noVersion = "-1";

const base = toolLedger({
  table: tableName,
  lockKey,
  columns: ["version", "dirty"],
  row: { key: "version", state: "CASE WHEN dirty THEN 'failed' END", order: "version" },
  interpret: impliedBy,
  remedy: {
    settle: () =>
      "complete or remove by hand what it left, then migrate force <the version that the database is at>",
    baseline: "migrate force <the newest version that the database already holds>",
  },

  async create(database, table) {
    await database.query(
      `CREATE TABLE ${table} (version bigint not null primary key, dirty boolean not null)`,
    );
  },

  insert: (database, _table, { migration }) => setVersion(database, migration.key, false),

  remove: (database, _table, { migration }) => setVersion(database, versionBefore(migration), false),
});

/**
 * golang-migrate's ledger: one row with the last applied version, and whether the step to it failed. All versions up to
 * that one count as applied.
 */
export const golangMigrateLedger: Ledger = {
  ...base,

  async declareApplied(database, record) {
    const { key } = record.migration;
    const current = await versionIn(database);
    if (current !== undefined && compareVersions(current.version, key) > 0) return;
    const before = versionBefore(record.migration);
    const isNext = (current?.version ?? noVersion) === before || current?.version === key;
    if (!isNext) throw skips(record.migration, current?.version);
    await base.declareApplied(database, record);
  },

  async declareRolledBack(database, migration) {
    await base.declareRolledBack(database, migration);
    const current = await versionIn(database);
    if (current?.version === migration.key && current.dirty)
      await setVersion(database, versionBefore(migration), false);
  },

  async begin(database, record) {
    await base.begin(database, record);
    // As the tool does: it refuses to continue if this attempt never finishes.
    await setVersion(database, record.migration.key, true);
  },

  async fail(database, record, failure) {
    const begunAt = await base.fail(database, record, failure);
    if (failure.undone) await setVersion(database, versionBefore(record.migration), false);
    return begunAt;
  },
};

/** The tool's own hash. Its command line includes the slash before the database's name in the URL. */
function lockKey({ database, schema }: Pick<Address, "database" | "schema">): string {
  const salt = 1486364155n;
  return String((BigInt(crc32([schema, tableName, `/${database}`].join("\0"))) * salt) & 0xffff_ffffn);
}

function impliedBy(rows: readonly ToolEntry[], { migrations }: Folder): ToolEntry[] {
  const [row] = rows;
  if (row === undefined) return [];
  const earlier = migrations.filter(({ key }) => compareVersions(key, row.key) < 0);
  // Before the first version nothing is applied. If the row is dirty, rolling back the first one failed.
  if (row.key === noVersion) return row.state === "failed" ? [row] : [];
  return [...earlier.map(({ key }) => plainEntry(key)), row];
}

/** Unknown for a migration that is not in the folder. */
function versionBefore({ key, details }: Pick<Migration, "key" | "details">): string {
  const previous = details?.["previous"];
  if (key === noVersion || previous === "") return noVersion;
  if (previous !== undefined) return String(previous);
  throw new LedgerError(
    "VERSION_UNKNOWN",
    `Version ${key} is in the ledger but not in the folder, so the version before it is unknown. Restore its files, ` +
      `or set the version with golang-migrate's own \`force\`.`,
  );
}

function skips({ name }: Migration, current: string | undefined): LedgerError {
  return new LedgerError(
    "VERSION_SKIPPED",
    `${name} cannot be declared applied: the ledger holds only the last version, ${current ?? "none"}, so ` +
      `those in between would count as applied too. Declare these as well, or use baseline.`,
  );
}

async function versionIn(database: Queryable): Promise<{ version: string; dirty: boolean } | undefined> {
  const [row] = await database.query<{ version: string; dirty: boolean }>(
    `SELECT version::pg_catalog.text, dirty FROM ${tableIn(database)}`,
  );
  return row;
}

/** Replaces the row. There is none before the first version. */
async function setVersion(database: Queryable, version: string, dirty: boolean): Promise<void> {
  await database.query(`DELETE FROM ${tableIn(database)}`);
  if (version === noVersion && !dirty) return;
  await database.query(`INSERT INTO ${tableIn(database)} (version, dirty) VALUES ($1::bigint, $2)`, [
    version,
    dirty,
  ]);
}

function tableIn({ address }: Queryable): string {
  return base.tableOf(address.schema);
}
