import type { SoundScripts } from "../plan/plan-problems.ts";
import { type Steps, stepsOf } from "../plan/step.ts";

/** A pending migration that cannot be one transaction. */
export interface SegmentedMigration {
  name: string;
  /** The number of segments in which it runs. */
  segments: number;
  /** The line of the first statement that prevents one transaction, and its words. */
  line: number;
  words: string;
}

/** The pending migrations that run in more than one segment. */
export function segmentedIn(plan: Steps, scripts: SoundScripts | undefined): SegmentedMigration[] {
  return stepsOf(plan, "apply").flatMap(({ name, migration: { up } }) => {
    const segments = scripts?.get(up)?.segments ?? [];
    const cause = segments.find(({ kind }) => kind === "alone") ?? segments[1];
    if (segments.length < 2 || cause === undefined) return [];
    return [{ name, segments: segments.length, line: cause.line, words: cause.words }];
  });
}
