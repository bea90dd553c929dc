import assert from "node:assert/strict";
import { test } from "node:test";
import { checkReport, noOrphans, returnsNoRows, runChecks } from "../../engine/index.ts";
import { openSession } from "../integration/target.ts";
import { createAttackedDatabase } from "./hostile-role.ts";

test("a check with millions of violations reads no more rows than it counts", async (t) => {
  const { victim, inspect } = await createAttackedDatabase(t);
  await inspect(`ALTER DATABASE "${victim.database}" SET temp_file_limit = '30MB'`);
  const database = await openSession(t, victim);
  const query = "SELECT generate_series(1, 2000000) AS n, repeat('x', 1000) AS text";
  for (const sampleColumns of [undefined, [], ["n"]]) {
    const [result] = await runChecks({
      database,
      checks: [{ ...returnsNoRows("many", query), sampleColumns }],
    });
    assert.equal(result?.error, undefined);
    assert.deepEqual([result?.outcome, result?.violations, result?.hasMore], ["violated", 10_000, true]);
    assert.equal(result?.rows.length, 5);
    assert.match(checkReport([result]), /many: more than 10000 violations/);
  }
});

test("violations that are accepted are counted exactly, however many", async (t) => {
  const { victim } = await createAttackedDatabase(t);
  const database = await openSession(t, victim);
  const check = { ...returnsNoRows("many", "SELECT generate_series(1, 25000)"), accepts: 25_000 };
  const [result] = await runChecks({ database, checks: [check] });
  assert.deepEqual([result?.outcome, result?.violations, result?.hasMore], ["holds", 25_000, undefined]);
});

test("rows that a policy hides are no reason to believe that a check holds", async (t) => {
  const { attacker, inspect } = await createAttackedDatabase(t);
  await inspect(`CREATE TABLE public.accounts (id int, owner int, balance int);
    INSERT INTO public.accounts VALUES (1, 7, -5); ALTER TABLE public.accounts ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON public.accounts USING (balance > 0); GRANT SELECT ON public.accounts TO "${attacker.user}"`);
  const database = await openSession(t, attacker);
  const checks = [
    returnsNoRows("no debts", "SELECT FROM accounts WHERE balance < 0"),
    noOrphans("accounts.owner", "accounts.id"),
  ];
  for (const { outcome, error } of await runChecks({ database, checks })) {
    assert.equal(outcome, "unknown");
    assert.match(error?.message ?? "", /query would be affected by row-level security policy/);
  }
});
