// Large scripts, 200 MB of INSERTs and one INSERT of 50 and of 200 MB: how long they take and how much memory, against psql
// and against an empty script.
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

const rounds = 3;
const note = "a note of some length, as people write them; with a semicolon and ''quotes''";

/** A script of a CREATE TABLE and many rows. */
interface LargeScript {
  name: string;
  megabytes: number;
  /** True if one statement inserts all rows. */
  isOne: boolean;
}

const scripts: LargeScript[] = [
  { name: "200 MB of INSERTs", megabytes: 200, isOne: false },
  { name: "one INSERT of 50 MB", megabytes: 50, isOne: true },
  { name: "one INSERT of 200 MB", megabytes: 200, isOne: true },
];

await globalSetup();
const cleanUp = new CleanUp();
try {
  const memory: [name: string, megabytes: number][] = [];
  const empty = await temporaryFolder(cleanUp);
  await mkdir(join(empty, "20000101000001_nothing"));
  await writeFile(join(empty, "20000101000001_nothing", "migration.sql"), "");
  memory.push(["an empty one", await mostMemory(empty)]);
  for (const script of scripts) {
    const dir = await temporaryFolder(cleanUp);
    const file = await writeLargeScript(dir, script);
    await compareWithPsql(script, dir, file);
    memory.push([script.name, await mostMemory(dir)]);
  }
  console.log(`\nthe most memory of a process that applies\n\n| script | MB |\n| --- | ---: |`);
  for (const [name, megabytes] of memory) console.log(`| ${name} | ${megabytes.toFixed(0)} |`);
} finally {
  await cleanUp.run();
  await globalTeardown();
}

async function compareWithPsql({ name }: LargeScript, dir: string, file: string): Promise<void> {
  const psqlInOneTransaction = [...psqlWords, "--single-transaction", "-f", file];
  printTable(
    `${name}, ${rounds} rounds`,
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
}

async function writeLargeScript(dir: string, { megabytes, isOne }: LargeScript): Promise<string> {
  const folder = join(dir, "20000101000001_gifts");
  await mkdir(folder);
  const file = join(folder, "migration.sql");
  const stream = createWriteStream(file);
  const [insert, between] = ["INSERT INTO gifts (id, giver, note) VALUES ", isOne ? ",\n" : ";\n"];
  stream.write(`CREATE TABLE gifts (id int PRIMARY KEY, giver text, note text);\n${isOne ? insert : ""}`);
  for (let id = 1, bytes = 0; bytes < megabytes * 1_000_000; id++) {
    const row = `${id === 1 ? "" : between}${isOne ? "" : insert}(${id}, 'giver number ${id}', '${note}, ${note}')`;
    bytes += row.length;
    if (!stream.write(row)) await once(stream, "drain");
  }
  stream.end(";\n");
  await once(stream, "close");
  return file;
}

/** The most memory of a process that applies the folder, megabytes. */
async function mostMemory(dir: string): Promise<number> {
  const apply = await loadEngine(await createTestDatabase(cleanUp), dir);
  const { maxRssKilobytes } = await apply();
  return maxRssKilobytes / 1000;
}
