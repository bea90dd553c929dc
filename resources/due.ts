import { type CheckedInputs, isPending, type PendingInputs, unknownValue } from "./provider.ts";

/**
 * Whether a backup is due: in a pipeline when something is pending, and else at first and when the input that
 * triggers it has changed.
 */
export function isDue<Trigger extends string>(
  olds: Partial<Record<Trigger, unknown>>,
  news: PendingInputs & Partial<Record<Trigger, unknown>>,
  trigger: Trigger,
): boolean {
  if (news.pending !== undefined) return isPending(news);
  return JSON.stringify(olds[trigger]) !== JSON.stringify(news[trigger]);
}

/** Whether something in inputs is not known before the deployment, so that nothing can be looked at yet. */
export function areUnknown(...inputs: unknown[]): boolean {
  return JSON.stringify(inputs).includes(unknownValue);
}

/** Looks at something before anything is done. What is broken is said of the resource; a defect keeps its stack. */
export async function lookedAt<Inputs extends object>(
  look: () => Promise<CheckedInputs<Inputs>>,
): Promise<CheckedInputs<Inputs>> {
  try {
    return await look();
  } catch (error) {
    // Loaded only now: where nothing is pending the engine is not needed, and takes longer to load than all else.
    const { PgMigrationsError } = await import("../engine/index.ts");
    if (error instanceof PgMigrationsError) return { failure: error.message };
    throw error;
  }
}
