import { type Folder } from "../folder/folder.ts";
import { compareKeys, downOf } from "../formats/read-folder.ts";
import { foreign } from "../foreign-text.ts";
import type { Script } from "../postgres/script/script.ts";
import { isNamed } from "./declarations.ts";
import type { Plan } from "./plan.ts";
import { stepsOf } from "./step.ts";

/** The obstacles to a target: missing down scripts, and migrations that are not in the folder. */
export function rollbackProblems(plan: Plan, folder: Folder): string[] {
  const { missing, options } = plan;
  const { target } = options;
  if (target === undefined) return [];
  const migration = folder.migrations.find((one) => isNamed(one, target));
  if (migration === undefined) return [];
  return [
    ...stepsOf(plan, "rollBack")
      .filter((step) => step.migration.down === undefined)
      .map(
        ({ name, migration: { file } }) =>
          `Migration ${foreign(name)} lies above the target ${target} and has no down script, so it cannot be rolled back: ` +
          `${wayDown(folder, file)}choose another target.`,
      ),
    ...missing
      .filter((key) => compareKeys(folder.format, key, migration.key) > 0)
      .map(
        (key) =>
          `Migration ${foreign(key)} is applied, lies above the target ${target} and is not in the folder, so it cannot be ` +
          `rolled back: restore its script, or roll it back with its own tool, or choose another target.`,
      ),
  ];
}

function wayDown({ format }: Folder, file: string): string {
  const place = downOf(format, file);
  return place === undefined ? `${format} has no down scripts; ` : `write it into ${place}, or `;
}

/** A rollback must not stop half-way, because the ledger cannot record its progress. */
export function downProblems(script: Script): Script["problems"] {
  const committing = script.segments.find(({ kind, mayCommit }) => kind === "alone" && mayCommit);
  if (committing !== undefined) {
    const { line, words } = committing;
    const message =
      "A down script must not commit by itself, since a failure would leave part of it done: write a new migration instead, " +
      "or a procedure or DO block without COMMIT that runs in a transaction.";
    return [{ position: { line, column: 1 }, message, excerpt: `${line} | ${words}` }];
  }
  const [, second] = script.segments;
  if (second === undefined) return [];
  const message =
    "A down script must be one transaction, or a single statement: this part cannot run in the same transaction as what comes before it.";
  return [
    { position: { line: second.line, column: 1 }, message, excerpt: `${second.line} | ${second.words}` },
  ];
}
