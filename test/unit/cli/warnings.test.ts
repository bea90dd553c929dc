import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const program = join(import.meta.dirname, "../../../cli/index.ts");

function errorsOf(url: string): string {
  const { stderr } = spawnSync(process.execPath, [program, "ledger"], {
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: url },
  });
  return stderr;
}

test("a command says at once that nothing verifies the server, unless the connection has said so", () => {
  assert.match(
    errorsOf("postgresql://u:secret@db.example/app"),
    /^Warning: The connection to db\.example:5432 is encrypted, but the server is not verified\. .*\nName the folder/,
  );
  assert.match(errorsOf("postgresql://u:secret@db.example/app?sslmode=require"), /^Name the folder/);
});
