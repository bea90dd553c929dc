import type { Folder } from "../../engine/index.ts";
import type { TestDatabase } from "../database.ts";
import type { CleanUp } from "./clean-up.ts";
import type { Random } from "./random.ts";
import type { RunOrder, RunReport } from "./run-once.ts";
import type { Scenario } from "./scenario.ts";

/** The superuser's connection to a server. */
export type Server = Omit<TestDatabase, "database">;

/** The place of a fault: a database at the start of a scenario, and the folder of its run. */
export interface Trial {
  scenario: Scenario;
  folder: Folder;
  database: TestDatabase;
  /** The run without a fault. */
  order: RunOrder;
  /** Number of messages that such a run sends. */
  messages: number;
  random: Random;
  cleanUp: CleanUp;
}

/** The injected fault, and the reports of the runs that it affected. */
export interface Injection {
  /** Text with the place, which a violation prints. */
  description: string;
  reports: (RunReport | "killed")[];
}

/** A kind of fault. */
export interface Fault {
  name: string;
  /** Number of injections. */
  times: { short: number; long: number };
  /** Number of concurrent trials. Default: no limit. */
  concurrency?: number;
  /** Opens separate servers, if the fault would affect other trials. Default: the suite's server. */
  openServer?: (cleanUp: CleanUp) => Promise<Server>;
  /** Why it cannot be injected on this machine; undefined if it can. */
  impossible?: () => Promise<string | undefined>;
  /** The tablespace of the trials' databases. Default: the server's own. */
  tablespace?: string;
  /** Runs, injects the fault, and resolves when the run and the fault have ended. */
  inject: (trial: Trial) => Promise<Injection>;
}
