import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerEntry } from "../../../../engine/ledger/ledger.ts";
import { attemptIn, decisionOf } from "../../../../engine/plan/declarations.ts";
import { makePlan, type Plan } from "../../../../engine/plan/plan.ts";
import type { PlanOptions } from "../../../../engine/plan/plan-options.ts";
import { migrationOf } from "../../../migration.ts";
import { stepsOf } from "../../../../engine/plan/step.ts";

const begun = new Date("2026-01-02T03:04:05.678Z");

function entry(key: string, state: LedgerEntry["state"], segments?: number): LedgerEntry {
  const progress = segments === undefined ? undefined : { segments, sha256: "0" };
  return { key, state, checksum: undefined, startedAt: begun, logs: undefined, progress };
}

function planOf(options: PlanOptions, entries: LedgerEntry[] = []): Plan {
  const migrations = ["1_a", "2_b", "3_c"].map((name) => ({
    ...migrationOf(name),
    key: name.slice(0, 1),
  }));
  const folder = { dir: "m", format: "goose" as const, migrations, incomplete: [] };
  const ledger = {
    table: "l",
    exists: entries.length > 0,
    tableWithoutLedger: undefined,
    hasRows: entries.length > 0,
    entries,
  };
  return makePlan(folder, ledger, { options });
}

function declared(plan: Plan): string[] {
  return stepsOf(plan, "declare").map(({ name, as, by }) => `${name} ${as} by ${by}`);
}

const names = (plan: Plan): string[] => stepsOf(plan, "apply").map(({ name }) => name);

test("a baseline declares itself and all before it, by name or by key, and the rest is pending", () => {
  for (const baseline of ["2_b", "2"]) {
    const plan = planOf({ baseline });
    assert.deepEqual(declared(plan), ["1_a applied by baseline", "2_b applied by baseline"]);
    assert.deepEqual([names(plan), plan.applied], [["3_c"], ["1_a", "2_b"]]);
  }
});

test("a baseline counts as long as nothing in the ledger is applied or failed", () => {
  assert.deepEqual(declared(planOf({ baseline: "1_a" }, [entry("2", "rolled-back")])), [
    "1_a applied by baseline",
  ]);
  assert.deepEqual(declared(planOf({ baseline: "1_a" }, [entry("2", "applied")])), []);
  assert.deepEqual(declared(planOf({ baseline: "1_a" }, [entry("2", "failed")])), []);
  assert.deepEqual(declared(planOf({ baseline: "none" })), []);
  assert.deepEqual(names(planOf({ baseline: "none" })), ["1_a", "2_b", "3_c"]);
});

test("what the baseline declares already is not declared twice", () => {
  const resolve = { "1_a": "applied", "3_c": "applied" } as const;
  assert.deepEqual(declared(planOf({ baseline: "2_b", resolve })), [
    "1_a applied by baseline",
    "2_b applied by baseline",
    "3_c applied by resolve",
  ]);
});

test("applied is declared of what is pending or failed, once", () => {
  const resolve = { "2_b": "applied" } as const;
  assert.deepEqual(declared(planOf({ resolve })), ["2_b applied by resolve"]);
  assert.deepEqual(declared(planOf({ resolve }, [entry("2", "failed")])), ["2_b applied by resolve"]);
  assert.deepEqual(declared(planOf({ resolve }, [entry("2", "failed", 3)])), ["2_b applied by resolve"]);
  assert.deepEqual(declared(planOf({ resolve }, [entry("2", "rolled-back")])), ["2_b applied by resolve"]);
  assert.deepEqual(declared(planOf({ resolve }, [entry("2", "applied")])), []);
  // A later attempt failed although an earlier one is applied.
  assert.deepEqual(declared(planOf({ resolve }, [entry("2", "applied"), entry("2", "failed")])), [
    "2_b applied by resolve",
  ]);
  const plan = planOf({ resolve }, [entry("2", "failed")]);
  assert.deepEqual([plan.failed, names(plan), plan.applied], [[], ["1_a", "3_c"], ["2_b"]]);
});

test("rolled back is declared of what has failed, and only of that", () => {
  const resolve = { "2_b": "rolled-back" } as const;
  assert.deepEqual(declared(planOf({ resolve })), []);
  assert.deepEqual(declared(planOf({ resolve }, [entry("2", "applied")])), []);
  assert.deepEqual(declared(planOf({ resolve }, [entry("3", "failed")])), []);
  const plan = planOf({ resolve }, [entry("2", "failed")]);
  assert.deepEqual(declared(plan), ["2_b rolled-back by resolve"]);
  assert.deepEqual([plan.failed, names(plan)], [[], ["1_a", "2_b", "3_c"]]);
});

test("an attempt of this package that came half-way is declared rolled back by its time alone", () => {
  const half = [entry("2", "failed", 1)];
  assert.deepEqual(declared(planOf({ resolve: { "2_b": "rolled-back" } }, half)), []);
  assert.deepEqual(declared(planOf({ resolve: { "2_b": "rolled-back" } }, [entry("2", "failed", 0)])), [
    "2_b rolled-back by resolve",
  ]);
  const at = (time: string): string[] =>
    declared(planOf({ resolve: { [`2_b@${time}`]: "rolled-back" } }, half));
  assert.deepEqual(at("2026-01-02T03:04:05.678Z"), ["2_b rolled-back by resolve"]);
  assert.deepEqual(at("2026-01-02T03:04:05.679Z"), []);
});

test("what was taken out of the folder can be declared rolled back, and not applied", () => {
  const gone = [entry("9", "failed")];
  assert.deepEqual(declared(planOf({ resolve: { 9: "rolled-back" } }, gone)), ["9 rolled-back by resolve"]);
  assert.deepEqual(declared(planOf({ resolve: { 9: "applied" } }, gone)), []);
});

test("a name with a time means one attempt, and is what the advice writes", () => {
  assert.deepEqual(attemptIn("a@b"), { name: "a@b", attempt: undefined });
  const [, advised = ""] = /"(.*)": "rolled-back"/.exec(decisionOf("1_a", begun)) ?? [];
  assert.deepEqual(attemptIn(advised), { name: "1_a", attempt: "2026-01-02T03:04:05.678Z" });
  assert.match(
    decisionOf("1_a", undefined),
    /^resolve: \{ "1_a": "rolled-back" \} if nothing of it remains, "applied" if all/,
  );
});
