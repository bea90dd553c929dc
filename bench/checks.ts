// What checks cost: standing ones against their bare SQL, and those inside a run against the run without.
import {
  applyRun,
  type Check,
  connect,
  type Database,
  noDuplicates,
  noOrphans,
  planRun,
  readFolder,
  returnsNoRows,
  runChecks,
} from "../engine/index.ts";
import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { globalSetup, globalTeardown } from "../test/postgres-server.ts";
import { engineAsProcess } from "./engine-contestants.ts";
import { CleanUp, compare, type Contestant, printTable } from "./harness.ts";
import { smallScripts } from "./migration-script.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const rows = 1_000_000;

const workloads = {
  standing: { title: `50 standing checks on ${rows} rows each`, contestants: standing, rounds: 3 },
  inside: { title: "200 migrations on an empty database, 50 checks", contestants: inside, rounds: 5 },
};

const wanted = process.argv.slice(2);
await globalSetup();
const cleanUp = new CleanUp();
try {
  for (const [key, { title, contestants, rounds }] of Object.entries(workloads))
    if (wanted.length === 0 || wanted.includes(key))
      printTable(`${title}, ${rounds} rounds`, await compare(await contestants(), rounds));
} finally {
  await cleanUp.run();
  await globalTeardown();
}

/** Each check, and the query that somebody would write by hand to find the same. */
function handwritten(): { check: Check; sql: string }[] {
  return Array.from({ length: 50 }, (_, number) => {
    if (number % 10 === 8)
      return {
        check: noDuplicates("entries.id", { name: `${number}` }),
        sql: "SELECT id, count(*) FROM entries GROUP BY id HAVING count(*) > 1",
      };
    if (number % 10 === 9)
      return {
        check: noOrphans("entries.account", "accounts.id", { name: `${number}` }),
        sql: "SELECT account FROM entries e WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.id = e.account)",
      };
    const sql = `SELECT id FROM entries WHERE amount < 0 AND kind = ${number}`;
    return { check: returnsNoRows(`${number}`, sql), sql };
  });
}

async function standing(): Promise<Contestant[]> {
  const database = await open(await createTestDatabase(cleanUp));
  await database.execute(`
    CREATE TABLE accounts (id int PRIMARY KEY); INSERT INTO accounts SELECT generate_series(1, 10000);
    CREATE TABLE entries (id int, account int, kind int, amount int);
    INSERT INTO entries SELECT n, n % 10000 + 1, n % 50, n FROM generate_series(1, ${rows}) AS n`);
  await database.execute("VACUUM ANALYZE");
  const all = handwritten();
  return [
    {
      name: "their SQL, bare, in one session",
      run: async () => {
        for (const { sql } of all) await database.query(sql);
      },
    },
    {
      name: "the checks",
      run: async () => {
        const results = await runChecks({ database, checks: all.map(({ check }) => check) });
        if (results.some(({ outcome }) => outcome !== "holds")) throw new Error("A check does not hold.");
      },
    },
  ];
}

async function inside(): Promise<Contestant[]> {
  const dir = await temporaryFolder(cleanUp);
  await engineAsProcess.write(smallScripts({ files: 200, statementsEach: 3 }), dir);
  const checks = Array.from({ length: 50 }, (_, number) =>
    returnsNoRows(`${number}`, `SELECT id FROM table_${number * 4} WHERE id < 0`),
  );
  return [
    { name: "without checks", checks: [] },
    { name: "with 50 checks on 50 of the tables, which it creates", checks },
  ].map((contestant) => ({ name: contestant.name, ...run(dir, contestant.checks) }));
}

function run(dir: string, checks: Check[]): Pick<Contestant, "after" | "prepare" | "run"> {
  const round = new CleanUp();
  let database: Database | undefined;
  return {
    prepare: async () => {
      database = await open(await createTestDatabase(round), round);
    },
    run: async () => {
      if (database === undefined) return;
      const folder = await readFolder({ dir });
      const { failed } = await applyRun({
        database,
        folder,
        steps: (await planRun({ database, folder })).steps,
        checks,
      });
      if (failed !== undefined) throw new Error(JSON.stringify(failed));
    },
    after: () => round.run(),
  };
}

async function open(target: TestDatabase, owner: CleanUp = cleanUp): Promise<Database> {
  const database = await connect(target, { lockTimeoutMs: 2000 });
  owner.after(() => database.close());
  return database;
}
