import type { Folder } from "../../engine/index.ts";
import type { TestDatabase } from "../database.ts";
import type { CleanUp } from "./clean-up.ts";
import type { Random } from "./random.ts";
import type { RunOrder, RunReport } from "./run-once.ts";
import type { Scenario } from "./scenario.ts";

/** How to reach a server as its superuser. */
export type Server = Omit<TestDatabase, "database">;

/** What a fault is injected into: a database at the beginning of a scenario, and the folder of its run. */
export interface Trial {
  scenario: Scenario;
  folder: Folder;
  database: TestDatabase;
  /** The run as it goes where nothing happens. */
  order: RunOrder;
  /** How many messages such a run sends. */
  messages: number;
  random: Random;
  cleanUp: CleanUp;
}

/** What was done, and what the runs said that it was done to. */
export interface Injection {
  /** In words, with the place: what a violation prints. */
  description: string;
  reports: (RunReport | "killed")[];
}

/** A kind of fault. */
export interface Fault {
  name: string;
  /** How often it is injected. */
  times: { short: number; long: number };
  /** How many trials may go on at once. Default: any number. */
  concurrency?: number;
  /** Servers of its own, where it would hurt those of other trials. Default: that of the suite. */
  openServer?: (cleanUp: CleanUp) => Promise<Server>;
  /** Why it cannot be injected on this machine; undefined where it can. */
  impossible?: () => Promise<string | undefined>;
  /** Where the databases of its trials are created. Default: the server's own place. */
  tablespace?: string;
  /** Runs, injects the fault, and resolves when the run has ended and the fault is over. */
  inject: (trial: Trial) => Promise<Injection>;
}
