import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One migration, before it is written in the format of a contestant. */
export interface MigrationScript {
  /** Fourteen digits, in the order of the migrations. */
  version: string;
  /** Letters, digits and underscores. */
  name: string;
  sql: string;
  /** Whether it may run in a transaction. */
  transaction: boolean;
}

const corpus = join(import.meta.dirname, "../../shared/corpus/langfuse/migrations");

/**
 * The 434 real migrations, under versions of our own, since theirs are not unique. Some open and end a
 * transaction themselves, which tools that open one do not expect: these words are left out for all contestants.
 */
export function corpusScripts(): MigrationScript[] {
  const names = readdirSync(corpus, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort(new Intl.Collator("en").compare);
  return names.map((name, index) => {
    const sql = readFileSync(join(corpus, name, "migration.sql"), "utf8").replace(
      /^(?:BEGIN|COMMIT);$/gim,
      "",
    );
    return {
      version: versionOf(index),
      name: name.replace(/\W/g, "_"),
      sql,
      transaction: !/\bconcurrently\b/i.test(sql.replace(/--.*/g, "")),
    };
  });
}

/** Files of small statements: each creates a table, fills it and says what it is for, again and again. */
export function smallScripts(size: { files: number; statementsEach: number }): MigrationScript[] {
  return Array.from({ length: size.files }, (_, file) => {
    const table = `table_${file}`;
    const statements = Array.from({ length: size.statementsEach }, (_, index) =>
      index === 0
        ? `CREATE TABLE ${table} (id int PRIMARY KEY, name text NOT NULL);`
        : index % 2 === 1
          ? `INSERT INTO ${table} (id, name) VALUES (${index}, 'the name of number ${index}');`
          : `COMMENT ON COLUMN ${table}.name IS 'as of statement ${index}';`,
    );
    return { version: versionOf(file), name: table, sql: `${statements.join("\n")}\n`, transaction: true };
  });
}

/** Files as long as real ones, which do next to nothing. */
export function idleScripts(files: number): MigrationScript[] {
  return Array.from({ length: files }, (_, file) => ({
    version: versionOf(file),
    name: `change_${file}`,
    sql: `${"-- What this migration is for, in some words.\n".repeat(12)}COMMENT ON SCHEMA public IS 'as of ${file}';\n`,
    transaction: true,
  }));
}

function versionOf(index: number): string {
  return String(20_000_101_000_000 + index + 1);
}
