import assert from "node:assert/strict";
import { test } from "node:test";
import { folderFormats } from "../../../../engine/index.ts";
import type { LedgerEntry, LedgerState } from "../../../../engine/ledger/ledger.ts";
import { makePlan } from "../../../../engine/plan/plan.ts";
import { requireSoundPlan } from "../../../../engine/plan/plan-problems.ts";

const failed: LedgerEntry = {
  ...{ key: "20250101_gifts", state: "failed", checksum: undefined, startedAt: undefined },
  ...{ logs: undefined, progress: undefined },
};
const states: Record<"failed" | "foreign" | "unknown", LedgerState> = {
  failed: {
    table: '"ledger"',
    exists: true,
    tableWithoutLedger: undefined,
    hasRows: true,
    entries: [failed],
  },
  unknown: { table: '"ledger"', exists: false, tableWithoutLedger: "gifts", hasRows: false, entries: [] },
  foreign: {
    ...{ table: '"ledger"', exists: true, tableWithoutLedger: undefined, hasRows: true },
    entries: [{ ...failed, state: "applied" }],
  },
};

async function problemOf(
  format: (typeof folderFormats)[number],
  state: keyof typeof states,
  appliedBy: "package" | "tool",
): Promise<string> {
  const incomplete = [...Array(30).keys()].map((n) => ({
    name: `${n}`,
    file: `migrations/${n}/migration.sql`,
  }));
  const folder = { dir: "migrations", format, migrations: [], incomplete };
  const plan = makePlan(folder, states[state], { options: { appliedBy } });
  return requireSoundPlan(plan, folder).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
}

for (const format of folderFormats)
  test(`a tool that keeps a ${format} ledger is not told to use options that are refused`, async () => {
    for (const state of ["failed", "unknown", "foreign"] as const) {
      assert.match(await problemOf(format, state, "package"), /(resolve|baseline): /);
      const told = await problemOf(format, state, "tool");
      assert.doesNotMatch(told, /(resolve|baseline): /);
      assert.match(told, /the tool|record with the tool itself/);
    }
  });

test("folders without a script are listed, capped, and nobody is told to delete one", async () => {
  const told = await problemOf("prisma", "failed", "package");
  assert.match(
    told,
    /30 folders of migrations hold no migration\.sql: 0, 1, 2 and 27 more.*Point migrations at the folder of the migrations itself/,
  );
  assert.doesNotMatch(told, /delete/);
});

test("the commands are those of the tool", async () => {
  assert.match(
    await problemOf("prisma", "failed", "tool"),
    /npx prisma migrate resolve --rolled-back "20250101_gifts" if nothing of it remains, --applied /,
  );
  assert.match(await problemOf("prisma", "unknown", "tool"), /npx prisma migrate resolve --applied "<name>"/);
  assert.match(await problemOf("golang-migrate", "failed", "tool"), /migrate force/);
  assert.match(await problemOf("supabase", "failed", "tool"), /repair --status reverted\|applied 20250101\./);
});
