import { type CheckedInputs, isPending, type PendingInputs, unknownValue } from "./provider.ts";

/**
 * True if a backup is due: in a pipeline when something is pending, otherwise at first and when its trigger has
 * changed.
 */
export function isDue<Trigger extends string>(
  olds: Partial<Record<Trigger, unknown>>,
  news: PendingInputs & Partial<Record<Trigger, unknown>>,
  trigger: Trigger,
): boolean {
  if (news.pending !== undefined) return isPending(news);
  return JSON.stringify(olds[trigger]) !== JSON.stringify(news[trigger]);
}

/** True if an input is unknown before the deployment, so nothing can be inspected yet. */
export function areUnknown(...inputs: unknown[]): boolean {
  return JSON.stringify(inputs).includes(unknownValue);
}

/**
 * Inspects something before anything is done. An error of this package is reported on the resource; a defect keeps its
 * stack.
 */
export async function lookedAt<Inputs extends object>(
  look: () => Promise<CheckedInputs<Inputs>>,
): Promise<CheckedInputs<Inputs>> {
  try {
    return await look();
  } catch (error) {
    // Loaded only now: with nothing pending the engine is not needed, and it takes longer to load than all else.
    const { PgMigrationsError } = await import("../engine/index.ts");
    if (error instanceof PgMigrationsError) return { failure: error.message };
    throw error;
  }
}
