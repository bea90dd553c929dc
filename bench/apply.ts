// What applying costs: against psql, which only runs the statements, and against tools that keep a ledger.
import { onEmptyDatabase } from "./empty-database.ts";
import { engineAsProcess, loadEngine } from "./engine-contestants.ts";
import { CleanUp, compare, type Contestant, printTable } from "./harness.ts";
import { corpusScripts, type MigrationScript, smallScripts } from "./migration-script.ts";
import { dbmate } from "./peers/dbmate.ts";
import { goose } from "./peers/goose.ts";
import { nodePgMigrate } from "./peers/node-pg-migrate.ts";
import { psql } from "./peers/psql.ts";
import { type Place, startServer } from "./server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const everywhere: readonly Place[] = ["on another machine", "on this machine"];

const workloads: Record<string, Workload> = {
  corpus: { title: "434 real migrations", scripts: corpusScripts, rounds: 7, places: everywhere },
  small: {
    title: "200 files with 3 statements each",
    scripts: () => smallScripts({ files: 200, statementsEach: 3 }),
    rounds: 7,
    places: everywhere,
  },
  large: {
    title: "200 files with 600 statements each",
    scripts: () => smallScripts({ files: 200, statementsEach: 600 }),
    rounds: 5,
    // psql sends each statement by itself: at a distance a round would take it five minutes.
    places: ["on this machine"],
  },
};

interface Workload {
  title: string;
  scripts: () => MigrationScript[];
  rounds: number;
  places: readonly Place[];
}

const wanted = process.argv.slice(2);
const cleanUp = new CleanUp();
try {
  for (const place of everywhere) await measure(place);
} finally {
  await cleanUp.run();
}

async function measure(place: Place): Promise<void> {
  const stop = await startServer(place);
  try {
    for (const [key, { title, scripts, rounds, places }] of Object.entries(workloads))
      if (places.includes(place) && (wanted.length === 0 || wanted.includes(key)))
        printTable(
          `${title}, an empty database, a server ${place}, ${rounds} rounds`,
          await compare(await contestants(scripts()), rounds),
        );
  } finally {
    await stop();
  }
}

async function contestants(scripts: readonly MigrationScript[]): Promise<Contestant[]> {
  const found: Contestant[] = [];
  for (const peer of [psql, engineAsProcess, dbmate, goose, nodePgMigrate]) {
    const dir = await temporaryFolder(cleanUp);
    await peer.write(scripts, dir);
    if (peer === engineAsProcess) found.push(...engineInItsProcess(dir));
    found.push(onEmptyDatabase(peer.name, (to) => Promise.resolve(() => peer.apply(to, dir))));
  }
  return found;
}

/** The engine in a process that is there, as in a deployment; what its preflight takes is measured by itself. */
function engineInItsProcess(dir: string): Contestant[] {
  return [
    onEmptyDatabase("this package, after its preflight", (to) =>
      loadEngine(to, dir, { before: "preflight" }),
    ),
    onEmptyDatabase("this package, without a preflight before", (to) => loadEngine(to, dir)),
    onEmptyDatabase("(the preflight alone)", (to) => loadEngine(to, dir, { work: "preflight" })),
  ];
}
