// What it costs to find that nothing is pending, and how that grows with the number of migrations.
import { createTestDatabase } from "../test/database.ts";
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
    const whose = `${peer === engineAsProcess ? "Prisma" : peer.name}'s folder`;
    const loaded = (before: boolean): Contestant =>
      preparedBy(`${whose}: this package, ${before ? "once more" : "for the first time"}`, () =>
        loadEngine(database, dir, { before: before ? "run" : undefined }),
      );
    found.push({ name: `${whose}: ${peer.name}`, run: () => peer.apply(database, dir) });
    found.push(loaded(false), loaded(true));
  }
  return found;
}

function preparedBy(name: string, prepareWork: () => Promise<() => Promise<unknown>>): Contestant {
  let work: (() => Promise<unknown>) | undefined;
  return {
    name,
    prepare: async () => {
      work = await prepareWork();
    },
    run: async () => {
      await work?.();
    },
  };
}
