import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { CleanUp, type Contestant } from "./harness.ts";

/**
 * A contestant that gets an empty database in every round; neither making nor dropping it counts. `start` may get
 * ready, which does not count either, and gives the work that does.
 */
export function onEmptyDatabase(
  name: string,
  start: (database: TestDatabase) => Promise<() => Promise<unknown>>,
): Contestant {
  const cleanUp = new CleanUp();
  let work: (() => Promise<unknown>) | undefined;
  return {
    name,
    prepare: async () => {
      work = await start(await createTestDatabase(cleanUp));
    },
    run: async () => {
      await work?.();
    },
    after: () => cleanUp.run(),
  };
}

/** The URL of a database, which all contestants reach by TCP and without TLS. */
export function urlOf({ host, port, user, password, database }: TestDatabase): string {
  return `postgres://${user}:${password}@${host}:${port}/${database}?sslmode=disable`;
}
