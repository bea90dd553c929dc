import { type Check, type PlanOptions, returnsNoRows } from "../../engine/index.ts";
import { migrations, partitions, type ScriptedMigration, type ScriptSegment } from "./migrations.ts";

/** One step of a run. */
export interface Step {
  /** The indexes of the migrations that are applied before it. */
  applied: readonly number[];
  direction: "up" | "down" | "declared";
  /** The migration that is applied or rolled back; -1 for declarations. */
  index: number;
  segments: readonly ScriptSegment[];
}

/** A run to inject faults into: its start, its steps and its end. */
export interface Scenario {
  name: string;
  format: "prisma" | "dbmate" | "golang-migrate";
  files: Readonly<Record<string, string>>;
  migrations: readonly ScriptedMigration[];
  /** The index of the target or the baseline. Without one, the run goes to the end of the folder. */
  goal: { target?: number; baseline?: number };
  steps: readonly Step[];
  /** The indexes of the migrations that are applied at the end. */
  final: readonly number[];
  /** With checks, the run sends COMMIT after their evaluation; without, together with the script. */
  checks: readonly Check[];
}

type Format = Scenario["format"];

/** All scenarios. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [
  upward("prisma", migrations, "up"),
  upward("prisma", partitions, "partitions"),
  upward("dbmate", migrations, "up"),
  upward("golang-migrate", migrations, "up"),
  downward("prisma", 3),
  downward("dbmate", 3),
  downward("golang-migrate", 3),
  baseline("prisma", 1),
  baseline("golang-migrate", 1),
  checked(upward("prisma", migrations, "up")),
  checked(upward("golang-migrate", migrations, "up")),
  checked(downward("dbmate", 3)),
];

/** The same with a check that every step can affect. */
function checked({ name, ...rest }: Scenario): Scenario {
  const counts = returnsNoRows("the counter counts", "SELECT n FROM counter WHERE n < 1");
  return { ...rest, name: `${name}, checked`, checks: [counts] };
}

/** The options of the plan, which name migrations as the folder does. */
export function planOptionsOf({ goal }: Scenario, names: readonly string[]): PlanOptions {
  const { target, baseline } = goal;
  return {
    ...(target === undefined ? {} : { target: names[target] }),
    ...(baseline === undefined ? {} : { baseline: names[baseline] }),
  };
}

function upward(format: Format, list: readonly ScriptedMigration[], name: string): Scenario {
  const all = list.map((_, index) => index);
  const steps = list.map(({ up }, index) => step(all.slice(0, index), "up", { index, segments: up }));
  return scenario(`${format} ${name}`, format, { list, goal: {}, steps, final: all });
}

function downward(format: Format, target: number): Scenario {
  const all = migrations.map((_, index) => index);
  const steps = all
    .slice(target + 1)
    .toReversed()
    .map((index) =>
      step(all.slice(0, index + 1), "down", { index, segments: migrations[index]?.down ?? [] }),
    );
  const final = all.slice(0, target + 1);
  return scenario(`${format} down`, format, { list: migrations, goal: { target }, steps, final });
}

function baseline(format: Format, last: number): Scenario {
  const { steps, final } = upward(format, migrations, "");
  const declared = step([], "declared", { index: -1, segments: [] });
  return scenario(`${format} baseline`, format, {
    list: migrations,
    goal: { baseline: last },
    steps: [declared, ...steps.slice(last + 1)],
    final,
  });
}

function step(
  applied: readonly number[],
  direction: Step["direction"],
  { index, segments }: Pick<Step, "index" | "segments">,
): Step {
  return { applied, direction, index, segments };
}

function scenario(
  name: string,
  format: Format,
  { list, ...rest }: Pick<Scenario, "final" | "goal" | "steps"> & { list: readonly ScriptedMigration[] },
): Scenario {
  const files = list.flatMap((migration, index) => filesOf(format, migration, index));
  return { name, format, files: Object.fromEntries(files), migrations: list, checks: [], ...rest };
}

function filesOf(format: Format, { name, up, down }: ScriptedMigration, index: number): [string, string][] {
  const text = (segments: readonly ScriptSegment[]): string =>
    `${segments.map(({ sql }) => sql).join("\n")}\n`;
  const mode = (segments: readonly ScriptSegment[]): string =>
    segments.length === 1 && segments[0]?.alone === true ? " transaction:false" : "";
  if (format === "dbmate") {
    const back = `\n-- migrate:down${mode(down ?? [])}\n${text(down ?? [])}`;
    return [[`2026010100000${index}_${name}.sql`, `-- migrate:up${mode(up)}\n${text(up)}${back}`]];
  }
  const [upFile, downFile] =
    format === "prisma"
      ? [`${index}_${name}/migration.sql`, `${index}_${name}/down.sql`]
      : [`00000${index + 1}_${name}.up.sql`, `00000${index + 1}_${name}.down.sql`];
  return [[upFile, text(up)], ...(down === undefined ? [] : [[downFile, text(down)] as [string, string]])];
}
