import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import pg from "pg";
import {
  applyRun,
  checkReport,
  connect,
  type Connection,
  copyDatabase,
  describeHolder,
  failureReport,
  planRun,
  planWarnings,
  readFolder,
  returnsNoRows,
  runChecks,
  type RunProgress,
  type RunResult,
} from "../../engine/index.ts";
import { createFiles } from "../migration-folder.ts";
import { createAttackedDatabase } from "./hostile-role.ts";

/** Clears the screen, turns the direction round, begins a line that a service of CI obeys. */
const hostile =
  "\u001b[2J\u202eevil\n::set-output name=x::y\n##vso[task.setvariable variable=x]y\u2028\u009b31m";
const unicode = `U&'\\001b[2J\\202eevil\\000a::set-output name=x::y\\000a##vso[task.x]y\\2028\\009b31m'`;

function assertHarmless(text: string): void {
  assert.match(text, /evil/);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]/);
  assert.doesNotMatch(text, /^\s*::|##\w*\[/m);
}

const progress: RunProgress[] = [];
const first = { "1_a": "SELECT 1;" };

/** Plans and applies a folder; with nothing of a stranger in the database this makes the ledger. */
async function apply(
  t: TestContext,
  connection: Connection,
  scripts: Record<string, string>,
): Promise<RunResult> {
  const files = Object.entries(scripts).map(([name, sql]) => [`${name}/migration.sql`, sql]);
  const folder = await readFolder({
    dir: await createFiles(t, Object.fromEntries(files) as Record<string, string>),
  });
  const database = await connect(connection, { lockTimeoutMs: 1500 });
  try {
    const plan = await planRun({ database, folder });
    const onProgress = (event: RunProgress): void => void progress.push(event);
    return await applyRun({
      database,
      folder,
      steps: plan.steps,
      planOptions: plan.options,
      options: { lockRetryMs: 1000 },
      onProgress,
    });
  } finally {
    await database.close();
  }
}

test("what a trigger of another role raises is printed as text", async (t) => {
  const attacked = await createAttackedDatabase(t);
  const { victim } = attacked;
  await apply(t, victim, first);
  await attacked.attack(`
    CREATE TABLE notes (id int);
    CREATE FUNCTION deceive() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
      RAISE NOTICE '%', ${unicode};
      RAISE EXCEPTION '%', ${unicode} USING DETAIL = ${unicode}, HINT = ${unicode}, COLUMN = ${unicode}; END$$;
    CREATE TRIGGER deceive BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION deceive()`);
  const result = await apply(t, victim, { ...first, "2_b": "INSERT INTO public.notes VALUES (1);" });
  assert.ok(result.failed);
  assertHarmless(failureReport({ ...result, failed: result.failed }));
});

test("names, columns and values of another role are printed as text", async (t) => {
  const { victim, attacker } = await createAttackedDatabase(t);
  const client = new pg.Client({ ...attacker });
  await client.connect();
  const name = pg.escapeIdentifier(hostile.slice(0, 40));
  await client.query(`CREATE TABLE public.${name} (${name} text)`);
  await client.query(`INSERT INTO public.${name} VALUES ($1)`, [hostile]);
  await client.end();
  const database = await connect(victim);
  try {
    const results = await runChecks({
      database,
      checks: [returnsNoRows("c", `SELECT * FROM public.${name}`)],
    });
    assertHarmless(checkReport(results));
    const refused: unknown = await database
      .query(`SELECT ${name}.missing FROM public.${name}`)
      .catch((error: unknown) => error);
    assert.ok(refused instanceof Error);
    assertHarmless(refused.message);
  } finally {
    await database.close();
  }
});

test("a session that holds a lock is described as text, its name and query too", async (t) => {
  const attacked = await createAttackedDatabase(t);
  const { victim, attacker } = attacked;
  await apply(t, victim, first);
  await attacked.attack("CREATE TABLE notes (id int)");
  const client = new pg.Client({ ...attacker, application_name: "evil ::x ##vso[x] <{%reset%}>" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("BEGIN; LOCK TABLE notes");
    await client.query(`SELECT 1 /* ${hostile} */`);
    progress.length = 0;
    await apply(t, victim, { ...first, "2_b": "ALTER TABLE public.notes ADD COLUMN a int;" });
    const said = progress.flatMap((event) => {
      if (event.event === "blocked") return event.holders.map(describeHolder);
      return event.event === "retrying" ? [event.reason] : [];
    });
    assert.ok(said.length > 0);
    for (const text of said) assertHarmless(text);
    const refusal: unknown = await copyDatabase({ connection: victim }).catch((error: unknown) => error);
    assert.ok(refusal instanceof Error);
    assertHarmless(refusal.message);
  } finally {
    await client.end();
  }
});

test("rows of a ledger and names of files are printed as text", async (t) => {
  const { victim } = await createAttackedDatabase(t);
  const dir = await createFiles(t, { "20260101_a.sql": "SELECT 1;\n" });
  const folder = await readFolder({ dir, format: "node-pg-migrate" });
  const database = await connect(victim);
  try {
    await database.execute(
      "CREATE TABLE public.pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)",
    );
    await database.query("INSERT INTO public.pgmigrations (name, run_on) VALUES ($1, now())", [hostile]);
    assertHarmless(planWarnings(await planRun({ database, folder })).join("\n"));
    const refusal: unknown = await readFolder({ dir: `/tmp/${hostile}` }).catch((error: unknown) => error);
    assert.ok(refusal instanceof Error);
    assertHarmless(refusal.message);
  } finally {
    await database.close();
  }
});

test("an error of 20 MB is cut before anything prints it", async (t) => {
  const { victim } = await createAttackedDatabase(t);
  const database = await connect(victim);
  try {
    const huge = "pg_catalog.repeat('x', 20000000)";
    const refused: unknown = await database
      .execute(`DO $$BEGIN RAISE EXCEPTION '%', ${huge} USING DETAIL = ${huge}, HINT = ${huge}; END$$`)
      .catch((error: unknown) => error);
    assert.ok(refused instanceof Error);
    const { message, stack = "", ...fields } = refused as Error & Record<string, unknown>;
    assert.ok(JSON.stringify({ message, stack, ...fields }).length < 50_000);
  } finally {
    await database.close();
  }
});
