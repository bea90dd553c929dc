import { createFolder, createTrialDatabase } from "./trial-database.ts";
import pg from "pg";
import { connect } from "../../engine/index.ts";
import { type CatalogObject, readCatalog } from "../../engine/postgres/catalog/catalog.ts";
import type { DatabaseState } from "../database-state.ts";
import type { TestDatabase } from "../database.ts";
import { CleanUp } from "./clean-up.ts";
import type { Server } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { stateWithoutLedger } from "./observed-state.ts";
import { runOnce } from "./run-once.ts";
import { planOptionsOf, type Scenario } from "./scenario.ts";

/** A scenario without a fault. */
export interface Reference {
  /** The state before each step and after each segment of it, determined without the engine. */
  states: DatabaseState[][];
  /** The whole final catalog, including the ledger's tables, as the engine leaves it. */
  catalog: CatalogObject[];
  messages: number;
}

/** Runs a scenario once by hand, and once with the engine. */
export async function referenceOf(server: Server, scenario: Scenario): Promise<Reference> {
  const cleanUp = new CleanUp();
  try {
    const [plain, applied] = [
      await createTrialDatabase(cleanUp, server),
      await createTrialDatabase(cleanUp, server),
    ];
    const states = await statesOf(plain, scenario);
    await prepare(applied, scenario);
    const tap = await openTap(cleanUp, server.port);
    const folder = await createFolder(cleanUp, scenario);
    const planOptions = planOptionsOf(
      scenario,
      folder.migrations.map(({ name }) => name),
    );
    const report = await runOnce({
      connection: { ...applied, port: tap.port },
      dir: folder.dir,
      planOptions,
      checks: scenario.checks,
    });
    if (report.kind === "error" || report.result.failed !== undefined)
      throw new Error(`${scenario.name} fails without any fault: ${JSON.stringify(report)}`);
    const database = await connect(applied);
    const catalog = await readCatalog(database);
    await database.close();
    return { states, catalog, messages: tap.messages };
  } finally {
    await cleanUp.end();
  }
}

/** Brings a database to the start of a scenario. */
export async function prepare(database: TestDatabase, scenario: Scenario): Promise<void> {
  const { target, baseline } = scenario.goal;
  if (baseline !== undefined) await runPlain(database, plainTexts(scenario, baseline + 1));
  if (target === undefined) return;
  const cleanUp = new CleanUp();
  const folder = await createFolder(cleanUp, scenario);
  const report = await runOnce({ connection: database, dir: folder.dir, planOptions: {}, checks: [] });
  await cleanUp.end();
  if (report.kind === "error" || report.result.failed !== undefined)
    throw new Error(`${scenario.name} cannot be prepared: ${JSON.stringify(report)}`);
}

async function statesOf(database: TestDatabase, scenario: Scenario): Promise<DatabaseState[][]> {
  const { target, baseline } = scenario.goal;
  const begun = target === undefined ? (baseline ?? -1) + 1 : scenario.migrations.length;
  await runPlain(database, plainTexts(scenario, begun));
  const states: DatabaseState[][] = [];
  let state = await stateWithoutLedger(database);
  for (const { segments } of scenario.steps) {
    const way = [state];
    for (const { sql, plain } of segments) {
      await runPlain(database, [plain ?? sql]);
      way.push((state = await stateWithoutLedger(database)));
    }
    states.push(way);
  }
  return [...states, [state]];
}

function plainTexts({ migrations }: Scenario, count: number): string[] {
  return migrations.slice(0, count).flatMap(({ up }) => up.map(({ sql, plain }) => plain ?? sql));
}

async function runPlain(database: TestDatabase, texts: readonly string[]): Promise<void> {
  const client = new pg.Client(database);
  client.on("error", () => undefined);
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}
