// A script of 200 MB of INSERTs: how long it takes and how much memory, against psql and against an empty script.
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { createTestDatabase } from "../test/database.ts";
import { globalSetup, globalTeardown } from "../test/postgres-server.ts";
import { onEmptyDatabase, urlOf } from "./empty-database.ts";
import { engineAsProcess, loadEngine } from "./engine-contestants.ts";
import { CleanUp, compare, printTable } from "./harness.ts";
import { psqlProgram, psqlWords } from "./peers/psql.ts";
import { runProgram } from "./program.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const megabytes = 200;
const rounds = 3;

await globalSetup();
const cleanUp = new CleanUp();
try {
  const dir = await temporaryFolder(cleanUp);
  const file = await writeLargeScript(dir);
  const psqlInOneTransaction = [...psqlWords, "--single-transaction", "-f", file];
  printTable(
    `a script of ${megabytes} MB of INSERTs, ${rounds} rounds`,
    await compare(
      [
        onEmptyDatabase("psql --single-transaction", (database) =>
          Promise.resolve(() => runProgram(psqlProgram(), [...psqlInOneTransaction, urlOf(database)])),
        ),
        onEmptyDatabase("this package, in a process that is there", (database) => loadEngine(database, dir)),
        onEmptyDatabase("this package, as a process", (database) =>
          Promise.resolve(() => engineAsProcess.apply(database, dir)),
        ),
      ],
      rounds,
    ),
  );
  await printMemory(dir);
} finally {
  await cleanUp.run();
  await globalTeardown();
}

async function writeLargeScript(dir: string): Promise<string> {
  const folder = join(dir, "20000101000001_gifts");
  await mkdir(folder);
  const file = join(folder, "migration.sql");
  const stream = createWriteStream(file);
  stream.write("CREATE TABLE gifts (id int PRIMARY KEY, giver text, note text);\n");
  const note = "a note of some length, as people write them; with a semicolon and 'quotes'".replaceAll(
    "'",
    "''",
  );
  for (let id = 1, bytes = 0; bytes < megabytes * 1_000_000; id++) {
    const line = `INSERT INTO gifts (id, giver, note) VALUES (${id}, 'giver number ${id}', '${note}, ${note}');\n`;
    bytes += line.length;
    if (!stream.write(line)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "close");
  return file;
}

async function printMemory(dir: string): Promise<void> {
  const empty = await temporaryFolder(cleanUp);
  await mkdir(join(empty, "20000101000001_nothing"));
  await writeFile(join(empty, "20000101000001_nothing", "migration.sql"), "");
  console.log(`\nthe most memory of a process that applies\n\n| script | MB |\n| --- | ---: |`);
  for (const [name, folder] of [
    ["an empty one", empty],
    [`${megabytes} MB of INSERTs`, dir],
  ] as const) {
    const apply = await loadEngine(await createTestDatabase(cleanUp), folder);
    const { maxRssKilobytes } = await apply();
    console.log(`| ${name} | ${(maxRssKilobytes / 1000).toFixed(0)} |`);
  }
}
