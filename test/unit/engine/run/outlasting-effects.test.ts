import assert from "node:assert/strict";
import { test } from "node:test";
import { readScript } from "../../../../engine/postgres/script/read-script.ts";
import { sourceOf } from "../../../../engine/postgres/script/script-lines.ts";
import { outlastingEffects } from "../../../../engine/run/outlasting-effects.ts";

for (const [script, traces] of [
  ["SELECT 1;\nSELECT pg_catalog.setval('s', 7);", ["line 2: the value of a sequence (setval)"]],
  ["INSERT INTO a SELECT setval('s', 7)", ["line 1: the value of a sequence (setval)"]],
  ["DO $$ BEGIN PERFORM dblink_exec('x', 'y'); END $$", ["line 1: changes over dblink"]],
  ["COPY a TO PROGRAM 'cat'", ["line 1: a file, or the work of a program, on the server (COPY TO)"]],
  ["COPY (SELECT 1) TO '/tmp/x'", ["line 1: a file, or the work of a program, on the server (COPY TO)"]],
  [
    "SELECT pg_advisory_lock(1)",
    ["line 1: an advisory lock of the session, which ends with the run's session"],
  ],
  ["SELECT pg_advisory_xact_lock(1)", []],
  ["SELECT lo_export(1, '/tmp/x')", ["line 1: a file on the server"]],
  ["SELECT pg_switch_wal()", ["line 1: a record in the server's log (WAL)"]],
  ["CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT setval('s', 1) $$", []],
  ["SELECT 1 -- setval('s', 1)\n", []],
  ["COPY a FROM stdin;\nsetval(\n\\.\n", []],
] as const)
  test(`${JSON.stringify(script)} may leave ${traces.length === 0 ? "nothing" : traces.join(", ")}`, async () => {
    assert.deepEqual(
      await outlastingEffects(await readScript(sourceOf(script)), { error: undefined }),
      traces,
    );
  });
