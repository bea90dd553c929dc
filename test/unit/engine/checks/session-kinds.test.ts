import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CheckDefinitionError,
  command,
  http,
  preserved,
  queryCostBelow,
  queryFasterThan,
  queryUsesIndex,
  readChecks,
  rowCountChange,
  schemaMatches,
  smoke,
  sumPreserved,
} from "../../../../engine/index.ts";

const every = [
  preserved("balances", "SELECT account, sum(amount) FROM entries GROUP BY account; -- each", { accepts: 0 }),
  sumPreserved('app."Entry".amount', { where: "currency = 'EUR' -- only these", owner: "books" }),
  rowCountChange("app.users", { atMost: 10, where: "id > 1" }),
  rowCountChange("gifts"),
  queryUsesIndex("by donor", "SELECT * FROM gifts WHERE donor = 7;", {
    index: "app.gifts_donor",
    when: ["before"],
  }),
  queryCostBelow("cheap", "SELECT 1", { cost: 0.5 }),
  queryFasterThan("quick", "SELECT 1", { factor: 2.5, graceMs: 0 }),
  smoke("writes", "INSERT INTO gifts VALUES (';'); UPDATE gifts SET a = $$;$$; SELECT 1 -- done", {
    when: ["inside", "after"],
  }),
  smoke(
    "calls",
    "DO $$ BEGIN PERFORM 1; END $$; CALL proc(); SET LOCAL ROLE app; COPY gifts FROM '/tmp/gifts'",
  ),
  http("ready", "https://me:secret@app.example/ready?key=1", {
    ...{ status: 503, json: { a: [1, { b: null }] }, headers: { "X-A": "b" }, method: "GET" },
    ...{ retries: 0, retryDelayMs: 0, timeoutMs: 5, when: ["standing"], severity: "warn" },
  }),
  command("tests", "npm test", { status: 3, directory: "../app", environment: { CI: "1" }, timeoutMs: 5 }),
  schemaMatches("migrations", {
    ...{ name: "as made", format: "prisma", schemas: ["public", "Billing"] },
    ...{ ignore: ["audit_*", "Gift.note"], when: ["after", "standing"], severity: "warn", timeoutMs: 5 },
  }),
  schemaMatches("migrations"),
];

test("checks read from data are those that were written", async () => {
  assert.deepEqual(await readChecks(JSON.parse(JSON.stringify(every)) as unknown[]), every);
});

test("a name is made up where none is given", async () => {
  const checks = await readChecks([
    { kind: "sumPreserved", column: "a.b" },
    { kind: "rowCountChange", table: "a" },
    { kind: "rowCountChange", table: "a", atMost: 3 },
    { kind: "schemaMatches", folder: "m" },
    { kind: "schemaMatches", folder: "m", schemas: ["a", "B"] },
  ]);
  assert.deepEqual(
    checks.map(({ name }) => name),
    [
      "sum of a.b preserved",
      "rows of a stay",
      "rows of a change by at most 3",
      "schema as in m",
      "schema a, B as in m",
    ],
  );
});

const smokes = [
  ["-- nothing", /holds no statement/],
  ["INSERT INTO t VALUES (1); COMMIT", /begins or ends transactions/],
  ["BEGIN; INSERT INTO t VALUES (1); COMMIT", /begins or ends transactions/],
  ["ROLLBACK", /begins or ends transactions/],
  ["SAVEPOINT a; INSERT INTO t VALUES (1)", /sets savepoints: SAVEPOINT a/],
  ["ROLLBACK TO SAVEPOINT checks", /sets savepoints/],
  ["INSERT INTO t VALUES (1);\nVACUUM t", /cannot run in one transaction, because of VACUUM t in line 2/],
  ["CREATE INDEX CONCURRENTLY i ON t (a)", /cannot run in one transaction/],
  [
    "ALTER TYPE s ADD VALUE 'x';\nINSERT INTO t VALUES ('x')",
    /cannot run in one transaction, because of INSERT/,
  ],
  ["SELECT 1;\n\\i other.sql", /cannot be run: [^]*2 \| /],
  ["INSERT INTO t VALUES (1", /cannot be run: syntax error/],
  ["COPY t FROM stdin;\n1\n\\.\n", /COPY \.\.\. FROM stdin/],
  ["COPY t TO '/tmp/t'", /effect of COPY t TO '\/tmp\/t' would outlast/],
  ["COPY t FROM PROGRAM 'ls'", /would outlast/],
  ["PREPARE p AS SELECT 1", /would outlast/],
  ["LOAD 'auto_explain'", /would outlast/],
  ["SELECT pg_advisory_lock(1)", /calls pg_advisory_lock\(\)/],
  ["DO $$ BEGIN PERFORM dblink_exec('x', 'y'); END $$", /calls dblink_exec\(\)/],
  ...[
    ...["pg_create_logical_replication_slot('s', 'p')", "pg_drop_replication_slot('s')", "pg_switch_wal()"],
    ...["pg_replication_slot_advance('s', '0/0')", "pg_stat_reset()", "pg_stat_reset_shared('wal')"],
    ...["pg_backup_start('b')", "pg_stop_backup()", "pg_reload_conf()", "lo_export(1, '/tmp/f')"],
    ...["pg_logical_slot_get_changes('s', NULL, NULL)", "pg_file_unlink('f')", "pg_promote()"],
  ].map((call) => [`SELECT ${call}`, /calls \w+\(\), whose effect would outlast/] as const),
  ["SELECT setval('s', 1)", /calls setval\(\)/],
] as const;

for (const [definition, message] of [
  ...smokes.map(([sql, message]) => [smoke("n", sql), message] as const),
  [preserved("n", "DELETE FROM t"), /single SELECT/],
  [preserved("n", "SELECT 1; SELECT 2"), /single SELECT/],
  [{ ...preserved("n", "SELECT 1"), when: ["standing"] }, /preserved cannot be evaluated standing/],
  [sumPreserved("a"), /"a" is not a column/],
  [sumPreserved("a.b", { where: "c = 'x" }), /unterminated quoted string/],
  [sumPreserved("a.b", { where: "true); DELETE FROM a; SELECT (1" }), /single SELECT/],
  [rowCountChange("a.b.c"), /more parts than schema\.name/],
  [rowCountChange("a", { atMost: -1 }), /is invalid: atMost: /],
  [{ kind: "queryUsesIndex", name: "n", sql: "SELECT 1" }, /is invalid: index: /],
  [queryUsesIndex("n", "SELECT 1", { index: "a.b.c" }), /more parts than schema\.name/],
  [queryUsesIndex("n", "UPDATE t SET a = 1", { index: "i" }), /single SELECT/],
  [queryCostBelow("n", "SELECT 1", { cost: 0 }), /is invalid: cost: /],
  [queryFasterThan("n", "SELECT 1", { factor: 0 }), /is invalid: factor: /],
  [smoke("", "SELECT 1"), /is invalid: name: /],
  [smoke("n", "SELECT 1", { when: ["before"] }), /smoke cannot be evaluated before/],
  [http("n", "file:///etc/passwd"), /url: it is not an address that begins with http/],
  [http("n", "app.example"), /url: it is not an address/],
  [http("n", "http://a", { method: "HEAD", json: {} }), /a HEAD request returns no JSON/],
  [http("n", "http://a", { headers: { "a b": "c" } }), /headers: these are not valid headers/],
  [http("n", "http://a", { status: 20 }), /is invalid: status: /],
  [http("n", "http://a", { when: ["inside"] }), /http cannot be evaluated inside/],
  [command("n", ""), /is invalid: command: /],
  [command("n", "true", { status: 256 }), /is invalid: status: /],
  [command("n", "true", { when: ["before"] }), /command cannot be evaluated before/],
  [schemaMatches(""), /is invalid: folder: /],
  [schemaMatches("m", { schemas: [] }), /is invalid: schemas: /],
  [schemaMatches("m", { ignore: ["*"] }), /ignore\.0: it is neither a name nor the beginning of one/],
  [schemaMatches("m", { ignore: ["a*b"] }), /ignore\.0: it is neither a name/],
  [schemaMatches("m", { when: ["inside"] }), /schemaMatches cannot be evaluated inside/],
] as const)
  test(`${JSON.stringify(definition)} is refused: ${message.source.slice(0, 60)}`, async () => {
    await assert.rejects(readChecks([definition]), (error) => {
      assert.ok(error instanceof CheckDefinitionError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
