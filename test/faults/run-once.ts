import {
  applyRun,
  type Check,
  connect,
  type Connection,
  planRun,
  type PlanOptions,
  readFolder,
  type RunOptions,
  type RunResult,
  type SessionSettings,
} from "../../engine/index.ts";

/** The request for a run; plain data, so that it can be passed to another process. */
export interface RunOrder {
  connection: Connection;
  dir: string;
  planOptions: PlanOptions;
  checks: readonly Check[];
  settings?: SessionSettings;
  options?: RunOptions;
}

/** The report of a run. */
export type RunReport =
  | { kind: "result"; result: RunResult }
  | { kind: "error"; name: string; message: string; stack: string | undefined };

/** Reads, plans and applies, as a deployment does; never rejects. */
export async function runOnce({
  connection,
  dir,
  planOptions,
  checks,
  settings,
  options,
}: RunOrder): Promise<RunReport> {
  try {
    const folder = await readFolder({ dir });
    const database = await connect(connection, { lockTimeoutMs: 2_000, ...settings });
    try {
      const plan = await planRun({ database, folder, options: planOptions });
      return {
        kind: "result",
        result: await applyRun({
          database,
          folder,
          steps: plan.steps,
          planOptions: plan.options,
          checks,
          options,
        }),
      };
    } finally {
      await database.close();
    }
  } catch (error) {
    const { name, message, stack } = error as Error;
    return { kind: "error", name, message, stack };
  }
}
