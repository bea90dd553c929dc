import type { ScriptSection } from "../../folder/migration.ts";
import { scriptSource } from "../../folder/script-source.ts";
import { loadParser, readsStandardInput } from "../../postgres/script/parsed-statement.ts";
import { StatementSplitter } from "../../postgres/script/statement-splitter.ts";
import { toolLedger } from "../../ledger/tool-ledger.ts";

/** Beyond this size the statements are left out of the ledger, which would hold them in one value. */
const recordedBytes = 32 << 20;

/** Supabase's ledger: the applied versions with their statements. Supabase takes no lock. */
export const supabaseLedger = toolLedger({
  table: "schema_migrations",
  schema: "supabase_migrations",
  columns: ["version", "statements", "name"],
  row: { key: "version", order: "version" },
  remedy: {
    settle: (name) => `supabase migration repair --status reverted|applied ${name.split("_", 1)[0] ?? name}`,
    baseline:
      "supabase migration repair --status applied <version> for each migration that the database already holds",
  },

  async create(database, table) {
    await database.query(`CREATE TABLE ${table} (version pg_catalog.text NOT NULL PRIMARY KEY)`);
    // Supabase's first versions had only the version. Its later versions add the other columns in this way.
    await database.query(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS statements pg_catalog.text[]`);
    await database.query(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS name pg_catalog.text`);
  },

  async insert(database, table, { migration: { key, up, details = {} } }) {
    await database.query(`INSERT INTO ${table} (version, name, statements) VALUES ($1, $2, $3)`, [
      key,
      details["name"],
      await statementsOf(up),
    ]);
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE version OPERATOR(pg_catalog.=) $1`, [migration.key]);
  },
});

/** The statements as Supabase writes them: with the comments before them, without the semicolon. */
async function statementsOf(section: ScriptSection): Promise<string[] | undefined> {
  const source = scriptSource(section);
  if (source.bytes > recordedBytes) return undefined;
  await loadParser();
  let text = "";
  for await (const lines of source.read()) text += lines.text;
  const splitter = new StatementSplitter(readsStandardInput);
  const statements: string[] = [];
  let [rest, at] = ["", 0];
  for (const piece of [...splitter.push({ text, line: 1 }), ...splitter.finish()]) {
    let from = 0;
    for (const { end } of piece.statements) {
      statements.push(trimmed(rest + piece.text.slice(from, end)));
      [rest, from] = ["", end];
    }
    rest += piece.text.slice(from);
    at += piece.text.length;
  }
  // Comments after the last statement are one more.
  return [...statements, trimmed(rest + text.slice(at))].filter((statement) => statement !== "");
}

/** The text between two statements begins with the semicolon of the first. */
function trimmed(text: string): string {
  return text.replace(/^[\s;]+/, "").trimEnd();
}
