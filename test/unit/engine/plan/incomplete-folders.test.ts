import assert from "node:assert/strict";
import { test } from "node:test";
import { incompleteProblems } from "../../../../engine/plan/incomplete-folders.ts";

function problemsOf(names: readonly string[], missing: string[] = []): string[] {
  return incompleteProblems(
    { missing },
    {
      dir: "migrations",
      migrations: [{ name: "1_init" }] as unknown as Parameters<typeof incompleteProblems>[1]["migrations"],
      incomplete: names.map((name) => ({ name, file: `migrations/${name}/migration.sql` })),
    },
  );
}

test("what is no migration is to be moved out, and is not said to have lost its script", () => {
  for (const name of [".git", ".DS_Store.d", "node_modules", "lost+found"])
    assert.deepEqual(problemsOf([name]), [
      `migrations/${name} is no migration, but Prisma takes each folder for one (P3015): move it out of migrations.`,
    ]);
});

test("a folder that may be a migration is never advised to be deleted", () => {
  const [problem = "", ...others] = problemsOf(["2_lost"]);
  assert.match(problem, /^migrations\/2_lost\/migration\.sql does not exist.*Restore the script/);
  assert.deepEqual(others, []);
});

test("many folders without a script are told in one line", () => {
  const names = Array.from({ length: 342 }, (_, number) => `lost_${number}`);
  assert.deepEqual(problemsOf([...names, ".git"]).length, 2);
  assert.match(
    problemsOf(names)[0] ?? "",
    /^342 folders of migrations .*lost_0, lost_1, lost_2 and 339 more/,
  );
});

test("a folder whose migration is applied is told as missing, and not once more", () => {
  assert.deepEqual(problemsOf(["2_lost"], ["2_lost"]), []);
});
