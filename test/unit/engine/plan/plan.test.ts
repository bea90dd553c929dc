import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Folder } from "../../../../engine/index.ts";
import type { LedgerEntry, LedgerState } from "../../../../engine/ledger/ledger.ts";
import { digestOf } from "../../../../engine/plan/digest.ts";
import { makePlan, type Plan } from "../../../../engine/plan/plan.ts";
import { stepInWords, stepsOf } from "../../../../engine/plan/step.ts";
import { migrationOf } from "../../../migration.ts";

function folderOf(...names: string[]): Folder {
  const migrations = names.map((name) =>
    migrationOf(name, { checksum: checksumOf(name), alternativeChecksums: [`crlf of ${name}`] }),
  );
  return { dir: "m", format: "prisma", migrations, incomplete: [] };
}

function checksumOf(name: string): string {
  return name.padEnd(64, "0");
}

function row(name: string, state: LedgerEntry["state"], checksum = checksumOf(name)): LedgerEntry {
  return { key: name, checksum, state, startedAt: new Date(0), logs: undefined, progress: undefined };
}

function ledgerOf(...entries: LedgerEntry[]): LedgerState {
  return {
    table: '"public"."_prisma_migrations"',
    exists: true,
    tableWithoutLedger: undefined,
    hasRows: entries.length > 0,
    entries,
  };
}

describe("makePlan", () => {
  test("everything is pending where there is no ledger", () => {
    const plan = makePlan(folderOf("1", "2"), {
      table: "t",
      exists: false,
      tableWithoutLedger: "gifts",
      hasRows: false,
      entries: [],
    });
    assert.deepEqual(
      stepsOf(plan, "apply").map(({ name, interrupted }) => [name, interrupted !== undefined]),
      [
        ["1", false],
        ["2", false],
      ],
    );
    assert.deepEqual([plan.ledgerExists, plan.version, plan.tableWithoutLedger], [false, undefined, "gifts"]);
  });

  test("applied, edited, missing and out-of-order migrations are told apart", () => {
    const plan = makePlan(
      folderOf("1", "2", "3", "4", "5"),
      ledgerOf(
        row("0", "applied"),
        row("1", "applied"),
        row("3", "applied", "other"),
        row("4", "applied", "crlf of 4"),
      ),
    );
    assert.deepEqual(plan.applied, ["1", "3", "4", "0"]);
    assert.deepEqual(
      stepsOf(plan, "apply").map(({ name }) => name),
      ["2", "5"],
    );
    assert.deepEqual(plan.edited, ["3"]);
    assert.deepEqual(plan.missing, ["0"]);
    assert.deepEqual(plan.outOfOrder, ["2"]);
    assert.deepEqual(plan.failed, []);
    assert.equal(plan.version, "4");
  });

  test("a rolled-back migration is pending again, and is applied if it was since", () => {
    assert.deepEqual(stepsOf(makePlan(folderOf("1"), ledgerOf(row("1", "rolled-back"))), "apply").length, 1);
    const since = makePlan(folderOf("1"), ledgerOf(row("1", "rolled-back", "old"), row("1", "applied")));
    assert.deepEqual([since.applied, stepsOf(since, "apply"), since.edited], [["1"], [], []]);
  });

  test("a failed row stands in the way, also where it is of no migration of the folder", () => {
    const failed = row("1", "failed");
    const stranger = row("x", "failed");
    const plan = makePlan(folderOf("1", "2"), ledgerOf(failed, stranger));
    assert.deepEqual(plan.failed, [
      { ...failed, name: "1" },
      { ...stranger, name: "x" },
    ]);
    assert.deepEqual(plan.missing, []);
  });

  test("a failed row of a migration that can be taken up again does not stand in the way", () => {
    const plan = makePlan(folderOf("1", "2"), ledgerOf(row("1", "failed")), { resumable: new Set(["1"]) });
    assert.deepEqual(plan.failed, []);
    assert.deepEqual(
      stepsOf(plan, "apply").map(({ name, interrupted }) => [name, interrupted !== undefined]),
      [
        ["1", true],
        ["2", false],
      ],
    );
  });

  test("a failed row beside a finished one needs a decision even so", () => {
    const plan = makePlan(folderOf("1"), ledgerOf(row("1", "failed"), row("1", "applied")), {
      resumable: new Set(["1"]),
    });
    assert.equal(plan.failed.length, 1);
  });

  const state = fc.constantFrom("none", "applied", "failed", "rolled-back", "edited", "missing");
  test("every migration of the folder is applied or pending, in the folder's order", () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 12 }), (states) => {
        const nameOf = (at: number): string => String(at).padStart(3, "0");
        const names = states.map((_, at) => nameOf(at));
        const inFolder = names.filter((_, at) => states[at] !== "missing");
        const entries = states.flatMap((one, at): LedgerEntry[] => {
          if (one === "none") return [];
          if (one === "edited") return [row(nameOf(at), "applied", "e".repeat(64))];
          return [row(nameOf(at), one === "missing" ? "applied" : one)];
        });
        const plan = makePlan(folderOf(...inFolder), ledgerOf(...entries));
        const pending = stepsOf(plan, "apply").map(({ name }) => name);
        const applied = plan.applied.filter((name) => inFolder.includes(name));
        assert.deepEqual([...pending, ...applied].sort(), inFolder);
        assert.deepEqual(pending, [...pending].sort());
        assert.deepEqual(applied, [...applied].sort());
        const those = (...wanted: string[]): string[] =>
          names.filter((_, at) => wanted.includes(states[at] ?? ""));
        assert.deepEqual(applied, those("applied", "edited"));
        assert.deepEqual(plan.edited, those("edited"));
        assert.deepEqual(plan.missing, those("missing"));
        assert.deepEqual(
          plan.failed.map(({ name }) => name),
          those("failed"),
        );
        assert.equal(plan.version, applied.at(-1));
        assert.deepEqual(
          plan.outOfOrder,
          pending.filter((name) => name < (plan.version ?? "")),
        );
      }),
    );
  });
});

describe("a target", () => {
  const names = (migrations: readonly { name: string }[]): string[] => migrations.map(({ name }) => name);
  const folder = folderOf("1", "2", "3", "4");
  const planTo = (target: string | undefined, ...applied: string[]): Plan =>
    makePlan(folder, ledgerOf(...applied.map((name) => row(name, "applied"))), { options: { target } });

  test("what is applied above it is rolled back, newest first, and what is pending above it stays pending", () => {
    const plan = planTo("1", "1", "2", "3");
    assert.deepEqual(
      [names(stepsOf(plan, "rollBack")), names(stepsOf(plan, "apply")), plan.heldBack],
      [["3", "2"], [], ["4"]],
    );
  });

  test("it can be the first, the last or none", () => {
    assert.deepEqual(names(stepsOf(planTo("1", "1", "2"), "rollBack")), ["2"]);
    assert.deepEqual(names(stepsOf(planTo("4", "1", "2", "3", "4"), "rollBack")), []);
    const open = planTo(undefined, "1");
    assert.deepEqual(
      [names(stepsOf(open, "rollBack")), names(stepsOf(open, "apply")), open.heldBack],
      [[], ["2", "3", "4"], []],
    );
  });

  test("what is not in the folder leads nowhere", () => {
    const plan = planTo("9", "1", "2");
    assert.deepEqual([names(stepsOf(plan, "rollBack")), names(stepsOf(plan, "apply"))], [[], ["3", "4"]]);
  });

  test("what is repeatable is never rolled back", () => {
    const views = migrationOf("R__views", { checksum: "v", repeatable: true });
    const withViews = { ...folder, migrations: [...folder.migrations, views] };
    const ledger = ledgerOf(row("1", "applied"), row("2", "applied"), row("R__views", "applied", "v"));
    const plan = makePlan(withViews, ledger, { options: { target: "1" } });
    assert.deepEqual(names(stepsOf(plan, "rollBack")), ["2"]);
  });

  test("each step has an id of its own, also two of the same migration", () => {
    const plan = makePlan(folder, ledgerOf(row("1", "applied"), row("2", "applied")), {
      options: { target: "1", resolve: { 3: "applied" } },
    });
    assert.deepEqual(plan.steps.map(stepInWords), [
      ...["3 (declared applied)", "3 (rolled back)", "2 (rolled back)"],
    ]);
    assert.deepEqual(
      plan.steps.map(({ id }) => id),
      ["declare applied 3", "roll back 3", "roll back 2"],
    );
  });
});

describe("digestOf", () => {
  const migrations = fc.array(
    fc.record({
      name: fc.string({ unit: "grapheme" }).filter((name) => !name.includes("\0")),
      portableChecksum: fc.stringMatching(/^[0-9a-f]{0,64}$/),
    }),
    { maxLength: 4 },
  );

  test("it is equal where names, checksums and order are, and nowhere else", () => {
    // Two lists by chance are hardly ever the same ones in another order, or all but one.
    const pairs = migrations.chain((one) =>
      fc.tuple(
        fc.constant(one),
        fc.oneof(migrations, fc.shuffledSubarray(one), fc.shuffledSubarray(one, { minLength: one.length })),
      ),
    );
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        assert.equal(digestOf(one) === digestOf(other), JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  test("it does not change from one version of this package to the next", () => {
    assert.equal(digestOf([]), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert.equal(
      digestOf([{ name: "1_a", portableChecksum: "00" }]),
      "6a52c93a51de07445e1d11f7bee8b46802838bdf57e40b192aefbd3848eea52e",
    );
  });
});
