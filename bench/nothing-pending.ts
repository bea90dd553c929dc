// What it costs to find that nothing is pending, and how that grows with the number of migrations.
import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { globalSetup, globalTeardown } from "../test/postgres-server.ts";
import { engineAsProcess, loadEngine } from "./engine-contestants.ts";
import { CleanUp, compare, type Contestant, printTable } from "./harness.ts";
import { idleScripts } from "./migration-script.ts";
import { dbmate } from "./peers/dbmate.ts";
import { goose } from "./peers/goose.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const rounds = 9;

await globalSetup();
const cleanUp = new CleanUp();
try {
  for (const applied of [434, 2_000, 10_000])
    printTable(
      `nothing pending, ${applied} applied, ${rounds} rounds`,
      await compare(await contestants(applied), rounds),
    );
} finally {
  await cleanUp.run();
  await globalTeardown();
}

/** The tools, and this package with the folder and the ledger of each, and with Prisma's, which has checksums. */
async function contestants(applied: number): Promise<Contestant[]> {
  const found: Contestant[] = [];
  for (const peer of [dbmate, goose, engineAsProcess]) {
    const dir = await temporaryFolder(cleanUp);
    await peer.write(idleScripts(applied), dir);
    const database = await createTestDatabase(cleanUp);
    await peer.apply(database, dir);
    found.push({ name: peer.name, run: () => peer.apply(database, dir) });
    const format = peer === engineAsProcess ? "Prisma" : peer.name;
    found.push(loaded(`this package, in a process that is there, ${format}'s folder`, database, dir));
  }
  return found;
}

function loaded(name: string, database: TestDatabase, dir: string): Contestant {
  let begin: (() => Promise<unknown>) | undefined;
  return {
    name,
    prepare: async () => {
      begin = await loadEngine(database, dir);
    },
    run: async () => {
      await begin?.();
    },
  };
}
