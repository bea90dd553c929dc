import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Folder } from "../../../../engine/folder/folder.ts";
import { incompleteProblems } from "../../../../engine/plan/incomplete-folders.ts";
import { createFiles } from "../../../migration-folder.ts";

function problemsOf(names: readonly string[], missing: string[] = []): string[] {
  return incompleteProblems(
    { missing },
    {
      dir: "migrations",
      migrations: [{ name: "1_init" }] as unknown as Folder["migrations"],
      incomplete: names.map((name) => ({ name, file: `migrations/${name}/migration.sql` })),
    },
  );
}

test("what is no migration is to be moved out, and is not said to have lost its script", () => {
  for (const name of [".git", ".DS_Store.d", "node_modules", "lost+found"])
    assert.deepEqual(problemsOf([name]), [
      `migrations/${name} is not a migration, but Prisma treats each folder as one (P3015): move it out of migrations.`,
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

test("a migration that is a program is left to the tool that runs it, in one line for all", async (t) => {
  const dir = await createFiles(t, { "1_a/migration.ts": "", "2_b/index.mjs": "", "3_c/notes.txt": "" });
  const incomplete = ["1_a", "2_b", "3_c"].map((name) => ({ name, file: join(dir, name, "migration.sql") }));
  const migrations = [{ name: "0_init" }] as unknown as Folder["migrations"];
  const [programs = "", lost = "", ...others] = incompleteProblems(
    { missing: [] },
    { dir, migrations, incomplete },
  );
  assert.match(programs, /^1_a\/migration\.ts is a program in place of migration\.sql, as do 1 more/);
  assert.match(programs, /Let the tool that runs both apply .* \(command:\)/);
  assert.match(lost, /3_c\/migration\.sql does not exist/);
  assert.deepEqual(others, []);
});
