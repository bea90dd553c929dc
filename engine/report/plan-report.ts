import type { Plan } from "../plan/plan.ts";

/** How many names a list shows before it is cut. */
const shownNames = 20;

/** The pending migrations as a person wants to read them, and which database they are pending in. */
export function pendingReport(plan: Plan, place?: string): string {
  const { pending, version } = plan;
  const from = version === undefined ? "the ledger is empty" : `the newest applied is ${version}`;
  const names = pending.map(({ name, interrupted }) =>
    interrupted === undefined ? name : `${name} (takes up an interrupted attempt)`,
  );
  return `${count(pending.length, "migration")} pending${place === undefined ? "" : ` in ${place}`} (${from}):\n${list(names)}`;
}

/** What is odd about the plan without standing in its way: one line each. */
export function planWarnings(plan: Plan): string[] {
  const { edited, missing, outOfOrder } = plan;
  return [
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

/** `1 migration`, `2 migrations`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** One name in a line; a long list is cut. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).map((name) => `  ${name}`);
  const rest = names.length - shown.length;
  return [...shown, ...(rest > 0 ? [`  ... and ${rest} more`] : [])].join("\n");
}
