import type { Plan } from "../plan/plan.ts";
import { type Steps, stepsOf } from "../plan/step.ts";
import type { SegmentedMigration } from "../preflight/segmented-migration.ts";
import type { RollbackLoss } from "../preflight/rollback-losses.ts";
import { foreign } from "../foreign-text.ts";
import { count, indented, list, listWithNotes } from "../words.ts";

/** The pending migrations and their database, as text for people. */
export function pendingReport(
  plan: Plan,
  place?: string,
  segmented: readonly SegmentedMigration[] = [],
): string {
  const pending = stepsOf(plan, "apply");
  const from = positionInWords(plan);
  const inSegments = new Map(segmented.map((one) => [one.name, one]));
  const names = pending.map(({ name, interrupted }) => {
    const several = inSegments.get(name);
    const notes = [
      ...(interrupted === undefined ? [] : ["resumes an interrupted attempt"]),
      ...(several === undefined
        ? []
        : [`in ${several.segments} segments, as of line ${several.line}: ${several.words}`]),
    ];
    return { name, note: notes.length === 0 ? undefined : notes.join("; ") };
  });
  return `${count(pending.length, "migration")} pending${place === undefined ? "" : ` in ${place}`} (${from}):\n${listWithNotes(names)}`;
}

/** The ledger and its position. Only a ledger without rows is "empty". */
function positionInWords({ applied, hasLedgerRows, ledger, version }: Plan): string {
  const name = ledger === "" ? "the ledger" : `the ledger ${foreign(ledger)}`;
  if (version !== undefined) return `${name} is at ${foreign(version)}`;
  if (!hasLedgerRows) return `${name} is empty`;
  return `${name} has ${applied.length === 0 ? "no migration" : "no versioned migration"} as applied`;
}

/** The declarations that the ledger will get without a script being run. */
export function declarationReport(plan: Steps, place?: string): string {
  const declared = stepsOf(plan, "declare");
  const names = declared.map(({ name, as, by }) => `${name}: ${as} (${by})`);
  return `${count(declared.length, "migration")} to be declared in the ledger${place === undefined ? "" : ` of ${place}`}, not run:\n${list(names)}`;
}

/** The rollbacks, statement by statement, and the data that are lost. */
export function rollbackReport(
  { steps, options }: Pick<Plan, "options" | "steps">,
  losses: readonly RollbackLoss[],
  place?: string,
): string {
  const parts = losses.map(({ migration, statements, losses: lost }) => {
    const data = lost.map(({ table, column, rows, statement }) => {
      const what =
        table === undefined ? statement : column === undefined ? table : `column ${column} of ${table}`;
      return `loses ${foreign(what)}${rows === undefined ? "" : ` (${count(rows, "row")})`}`;
    });
    return [
      foreign(migration),
      ...[...list(statements).split("\n"), ...data.map((line) => `  ${line}`)],
    ].join("\n");
  });
  return (
    `${count(stepsOf({ steps }, "rollBack").length, "migration")} to be rolled back${place === undefined ? "" : ` in ${place}`}, ` +
    `to reach ${options.target ?? "the target"}:\n${indented(parts.join("\n"))}`
  );
}

/** The oddities of a plan that do not prevent a run, one line each. */
export function planWarnings(plan: Plan): string[] {
  const { heldBack, options } = plan;
  const missing = options.missing === "ignore" ? [] : plan.missing;
  const edited = options.edited === "ignore" ? [] : plan.edited;
  const outOfOrder = options.outOfOrder === "ignore" ? [] : plan.outOfOrder;
  return [
    ...(heldBack.length === 0
      ? []
      : [`${count(heldBack.length, "migration")} held back by the target:\n${list(heldBack)}`]),
    ...(edited.length === 0
      ? []
      : [
          `${count(edited.length, "applied migration")} edited since (the change will not be applied):\n${list(edited)}`,
        ]),
    ...(missing.length === 0
      ? []
      : [`${count(missing.length, "applied migration")} missing from the folder:\n${list(missing)}`]),
    ...(outOfOrder.length === 0
      ? []
      : [
          `${count(outOfOrder.length, "pending migration")} older than one already applied:\n${list(outOfOrder)}`,
        ]),
  ];
}
