import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { checksumMembers } from "../../folder/checksum.ts";
import type { FolderReader } from "../../folder/folder.ts";
import { FolderError } from "../../folder/folder-error.ts";
import { noMigrations } from "../../folder/format-error.ts";
import type { Migration } from "../../folder/migration.ts";
import { readScriptFacts, wholeFile } from "../../folder/script-facts.ts";

const journalName = join("meta", "_journal.json");
const looksLike = `<tag>.sql, listed in ${journalName}`;

const journalShape = z.object({
  dialect: z.string().optional(),
  entries: z.array(z.object({ when: z.number(), tag: z.string() })),
});

type JournalEntry = z.infer<typeof journalShape>["entries"][number];

/** Drizzle before 1.0: the files that its journal lists, in the journal's order. */
export const drizzleJournalReader: FolderReader = {
  looksLike,
  compareKeys: (left, right) => Number(left) - Number(right),

  recognises: (dir) =>
    stat(join(dir, journalName)).then(
      (found) => found.isFile(),
      () => false,
    ),

  async read(dir) {
    const journal = await readJournal(join(dir, journalName));
    if (journal.length === 0) throw noMigrations(dir, looksLike);
    return { migrations: journal.map((entry) => readMigration(dir, entry)), incomplete: [] };
  },
};

function readMigration(dir: string, { tag, when }: JournalEntry): Migration {
  const file = join(dir, `${tag}.sql`);
  const script = readScriptFacts(file);
  if (script === undefined)
    throw unusable(join(dir, journalName), `lists ${tag}, but ${file} does not exist. Restore it`);
  return {
    name: tag,
    key: String(when),
    file,
    // Drizzle hashes the text as Prisma does.
    ...checksumMembers(script),
    up: wholeFile(file, script),
    down: undefined,
  };
}

async function readJournal(file: string): Promise<JournalEntry[]> {
  const { dialect, entries } = parseJournal(file, await textOf(file));
  if (dialect !== undefined && dialect !== "postgresql" && dialect !== "pg")
    throw unusable(
      file,
      `says dialect ${dialect}: these migrations were written for another database than PostgreSQL`,
    );
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before !== undefined && before.when >= entry.when) throw notLater(file, entry, before);
  }
  return entries;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw unusable(file, `cannot be read: ${(cause as Error).message}`);
  }
}

function parseJournal(file: string, text: string): z.infer<typeof journalShape> {
  try {
    return journalShape.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw unusable(file, `is not a journal of Drizzle: ${why}`);
  }
}

/**
 * Drizzle's ledger only marks how far it has come, so a migration dated earlier than its predecessor is never applied.
 */
function notLater(file: string, entry: JournalEntry, before: JournalEntry): FolderError {
  return unusable(
    file,
    `dates ${entry.tag} (when: ${entry.when}) not later than its predecessor ${before.tag} (when: ${before.when}): ` +
      `Drizzle silently skips it if that one is applied. Give ${entry.tag} a later \`when\`, or lower ` +
      `that of ${before.tag} if all databases have both`,
  );
}

function unusable(file: string, what: string): FolderError {
  return new FolderError("JOURNAL_UNUSABLE", `${file} ${what}.`);
}
