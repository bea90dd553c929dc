import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type CheckResult, connect, readChecks, runChecks, schemaMatches } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run, type Target } from "../target.ts";
import { lacking } from "../../server-version.ts";

const base = `
  CREATE TABLE donors (id int PRIMARY KEY, code text UNIQUE DEFERRABLE);
  CREATE TABLE gifts (id serial PRIMARY KEY, donor int NOT NULL REFERENCES donors, note text NOT NULL, payload jsonb);
  CREATE INDEX gifts_donor ON gifts (donor);
  CREATE INDEX gifts_lower ON gifts (lower(note));
  CREATE TABLE events (id int NOT NULL, at date NOT NULL, donor int REFERENCES donors) PARTITION BY RANGE (at);
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE log (id int, at date);
  CREATE SEQUENCE numbers;
  CREATE TYPE pair AS (a int, b int);
  CREATE TABLE pairs (a int, b int);
  CREATE VIEW notes AS SELECT id, note FROM gifts;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
  CREATE TRIGGER touched BEFORE UPDATE ON gifts FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TRIGGER dated BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE RULE kept AS ON DELETE TO log DO INSTEAD NOTHING;
  CREATE RULE told AS ON INSERT TO log DO ALSO NOTIFY log;
  CREATE STATISTICS counted ON id, donor FROM gifts;`;

/** What ALTER changes, the object that differs, and how its definition ends, or what it holds. */
type Change = readonly [change: string, object: string, here: RegExp];

const triggers: Change[] = [
  [`ALTER TABLE gifts ENABLE ALWAYS TRIGGER touched`, "trigger gifts.touched", /touch\(\) ENABLED ALWAYS$/],
  [`ALTER TABLE log DISABLE RULE kept`, "rule log.kept", /; DISABLED$/],
  [`ALTER TABLE log ENABLE REPLICA RULE told`, "rule log.told", /; ENABLED REPLICA$/],
  [`ALTER TABLE events_2025 DISABLE TRIGGER dated`, "table events_2025", /\) TRIGGER dated DISABLED$/],
  [
    `ALTER TABLE donors DISABLE TRIGGER ALL`,
    "table donors",
    /^TRIGGER donors_code_key DISABLED TRIGGER events_donor_fkey DISABLED TRIGGER gifts_donor_fkey DISABLED$/,
  ],
];

const indexes: Change[] = [
  [`ALTER TABLE gifts CLUSTER ON gifts_donor`, "index gifts_donor", /\(donor\) CLUSTER$/],
  [
    `ALTER INDEX gifts_lower ALTER COLUMN 1 SET STATISTICS 500`,
    "index gifts_lower",
    /\(note\)\) STATISTICS 1: 500$/,
  ],
  [
    `ALTER INDEX gifts_pkey SET (fillfactor = 70)`,
    "constraint gifts.gifts_pkey",
    /\(id\) WITH \(fillfactor=70\)$/,
  ],
  [`ALTER TABLE donors CLUSTER ON donors_pkey`, "constraint donors.donors_pkey", /\(id\) CLUSTER$/],
  [`ALTER STATISTICS counted SET STATISTICS 50`, "statistics counted", /gifts STATISTICS 50$/],
];

const columns: Change[] = [
  [
    `ALTER TABLE gifts ALTER payload SET STORAGE EXTERNAL`,
    "column gifts.payload",
    /^jsonb STORAGE EXTERNAL$/,
  ],
  ...(lacking("compression of a column", { before: 14 }) === false
    ? [
        [
          `ALTER TABLE gifts ALTER note SET COMPRESSION pglz`,
          "column gifts.note",
          /NOT NULL COMPRESSION pglz$/,
        ] as Change,
      ]
    : []),
  [`ALTER TABLE gifts ALTER donor SET STATISTICS 300`, "column gifts.donor", /NOT NULL STATISTICS 300$/],
  [`ALTER TABLE gifts ALTER id SET (n_distinct = 5)`, "column gifts.id", /WITH \{n_distinct=5\}$/],
  [`ALTER VIEW notes ALTER note SET DEFAULT 'none'`, "view notes", /^note DEFAULT 'none'::text AS SELECT/],
];

const relations: Change[] = [
  [
    `ALTER TABLE gifts SET (toast.autovacuum_enabled = off)`,
    "table gifts",
    /^TOAST \(autovacuum_enabled=off\)$/,
  ],
  [`ALTER SEQUENCE numbers OWNED BY log.id`, "sequence numbers", /CACHE 1 OWNED BY public\.log\.id$/],
  [`ALTER TABLE pairs OF pair`, "table pairs", /^OF public\.pair$/],
  [`ALTER TABLE log REPLICA IDENTITY FULL`, "table log", /^REPLICA IDENTITY FULL$/],
  [`ALTER TABLE donors FORCE ROW LEVEL SECURITY`, "table donors", /^FORCED$/],
];

const constraints: Change[] = [
  [
    `ALTER TABLE gifts DROP CONSTRAINT gifts_donor_fkey, ADD FOREIGN KEY (donor) REFERENCES donors NOT VALID`,
    "constraint gifts.gifts_donor_fkey",
    /\(id\) NOT VALID$/,
  ],
  [
    `ALTER TABLE events ALTER CONSTRAINT events_donor_fkey DEFERRABLE INITIALLY DEFERRED`,
    "constraint events.events_donor_fkey",
    /INITIALLY DEFERRED$/,
  ],
];

async function migrated(t: TestContext, script = base): Promise<Target & { dir: string }> {
  const target = await openTarget(t);
  const folder = await createFolder(t, { "1_base": script });
  assert.equal((await run(target.database, folder)).failed, undefined);
  return { ...target, dir: folder.dir };
}

async function rowsOf({ database, dir }: Awaited<ReturnType<typeof migrated>>): Promise<CheckResult["rows"]> {
  const [result] = await runChecks({ database, checks: await readChecks([schemaMatches(dir)]) });
  assert.equal(result?.error?.message, undefined);
  return result?.rows ?? [];
}

async function assertDiffers(
  target: Awaited<ReturnType<typeof migrated>>,
  changes: readonly Change[],
): Promise<void> {
  const found = new Map((await rowsOf(target)).map((row) => [`${row["kind"]} ${row["object"]}`, row]));
  for (const [change, object, here] of changes) {
    assert.deepEqual(found.get(object)?.["state"], "differs", change);
    assert.match(found.get(object)?.["here"] ?? "", here, change);
  }
  assert.equal(found.size, changes.length);
}

for (const [what, changes] of Object.entries({ triggers, indexes, columns, relations, constraints }))
  test(`what ALTER has changed of ${what} is a difference`, async (t) => {
    const target = await migrated(t);
    for (const [change] of changes) await target.database.execute(change);
    await assertDiffers(target, changes);
  });

test("what the folder itself alters is none, whatever the server's version", async (t) => {
  const changes = [...triggers, ...indexes, ...columns, ...relations].map(([change]) => `${change};`);
  const target = await migrated(
    t,
    `${base} ${changes.join("\n")}
    ALTER TABLE events DISABLE TRIGGER ALL; ALTER TABLE events_2026 ENABLE REPLICA TRIGGER dated;
    ALTER TABLE gifts ALTER note SET STORAGE MAIN, ALTER note SET STORAGE EXTENDED, ALTER donor SET STATISTICS -1;
    ALTER TABLE gifts ALTER payload TYPE text`,
  );
  assert.deepEqual(await rowsOf(target), []);
});

test("a NOT NULL that is not validated is a difference", async (t) => {
  const target = await migrated(t);
  const { database } = target;
  const [server] = await database.query<{ version: string }>("SHOW server_version_num");
  if (Number(Object.values(server ?? {})[0]) < 180000)
    return t.skip("before version 18 there is no such thing");
  await database.execute(
    `ALTER TABLE gifts ALTER note DROP NOT NULL; ALTER TABLE gifts ADD NOT NULL note NOT VALID`,
  );
  await assertDiffers(target, [["", "column gifts.note", /^text NOT NULL NOT VALID$/]]);
});

test(
  "a partition that is half detached is a difference",
  { skip: lacking("DETACH PARTITION ... CONCURRENTLY", { before: 14 }) },
  async (t) => {
    const target = await migrated(t);
    const reader = await connect(target.connection);
    t.after(() => reader.close());
    await reader.execute("BEGIN; SELECT FROM events");
    await target.database.execute("SET statement_timeout = 500");
    const detach = "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY";
    await assert.rejects(target.database.execute(detach), /statement timeout/);
    await target.database.execute("SET statement_timeout = 0");
    const [table, constraint] = await rowsOf(target);
    assert.deepEqual([table?.["object"], table?.["state"]], ["events_2025", "differs"]);
    assert.match(table?.["here"] ?? "", /DETACH PENDING$/);
    // It takes the place of the partition's bounds.
    assert.deepEqual([constraint?.["kind"], constraint?.["state"]], ["constraint", "only here"]);
  },
);
