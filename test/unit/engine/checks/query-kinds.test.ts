import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CheckDefinitionError,
  columnIs,
  constraintExists,
  enumHas,
  extensionInstalled,
  indexExists,
  noInvalidIndexes,
  notNull,
  noUnvalidatedConstraints,
  policyExists,
  privilegeGranted,
  readChecks,
  returnsRows,
  rowCount,
  rowSecurityEnabled,
  scalar,
  sequencesAhead,
  valueIn,
} from "../../../../engine/index.ts";

const every = [
  returnsRows("an administrator", "SELECT FROM users WHERE role = 'ADMIN'; -- one is enough"),
  scalar("balance", "SELECT sum(amount) FROM entries", {
    equals: "0.00",
    atLeast: "-1.50",
    atMost: 1,
    owner: "books",
  }),
  notNull(["gifts.a", "gifts.b"], { where: "a > 1 -- only these" }),
  valueIn("gifts.status", ["it's", 1, true], { where: "a > 1" }),
  rowCount("app.gifts", { exactly: 3, atLeast: 1, atMost: 5, where: "a > 1 -- only these" }),
  columnIs('"My.App"."Gift ""s""".Id', { type: "varchar(20)", nullable: false, default: null }),
  columnIs("gifts.note", { default: "'it''s'::text" }),
  indexExists("gifts_on", { columns: ["lower(note)", "Part.Key"] }),
  constraintExists("gifts", "Not yet.valid", { type: "not null" }),
  enumHas("app.Status", ["OPEN", "it's"], { exactly: true }),
  extensionInstalled("uuid-ossp", { atLeast: "1.10" }),
  rowSecurityEnabled("gifts", { forced: true }),
  policyExists("gifts", "own: it's", { command: "delete", roles: ["app", "public"] }),
  privilegeGranted(["select", "references"], { table: "gifts", to: "app" }),
  privilegeGranted(["usage"], { schema: "My.App", to: "app" }),
  privilegeGranted(["usage"], { sequence: "numbers", to: "app" }),
  privilegeGranted(["execute"], { function: 'app."Do (it)"(int, numeric(9, 2), "odd, (type)")', to: "app" }),
  noInvalidIndexes(),
  noUnvalidatedConstraints({ schema: "My.App", accepts: 3 }),
  sequencesAhead({ table: "app.gifts" }),
  sequencesAhead({ schema: "app" }),
];

test("checks read from data are those that were written", async () => {
  assert.deepEqual(await readChecks(JSON.parse(JSON.stringify(every)) as unknown[]), every);
});

for (const [definition, message] of [
  [returnsRows("n", "DELETE FROM t RETURNING 1"), /cannot be read: syntax error/],
  [returnsRows("n", ""), /is invalid: sql: /],
  [scalar("n", "SELECT 1", {}), /states no expectation\. Give equals, atLeast, atMost\./],
  [scalar("n", "SELECT 1", { atLeast: "1,5" }), /atLeast: a bound is a number, or decimal digits/],
  [scalar("n", "SELECT 1", { atMost: Infinity }), /is invalid: atMost: /],
  [
    scalar("n", "SELECT 1", { atMost: 2 ** 53 }),
    /atMost is 9007199254740992, and JavaScript rounds numbers of this size\. Write its digits as text/,
  ],
  [scalar("n", "SELECT 1; SELECT 2", { equals: 1 }), /cannot be read: syntax error at or near ";"/],
  [scalar("n", "SELECT 'a", { equals: "a" }), /cannot be read: unterminated quoted string/],
  [notNull(["t.a", "u.b"]), /columns are of two tables/],
  [valueIn("t.a", []), /is invalid: values: /],
  [{ kind: "valueIn", column: "t.a", values: [null] }, /is invalid: values\.0: /],
  [valueIn("a", [1]), /is not a column/],
  [rowCount("t", { where: "a > 1" }), /Give exactly, atLeast, atMost\./],
  [rowCount("t", { exactly: -1 }), /is invalid: exactly: /],
  [rowCount("t", { atLeast: 1.5 }), /is invalid: atLeast: /],
  [rowCount("t", { exactly: 1, where: "a = 'open" }), /cannot be read: unterminated quoted string/],
  [columnIs("note"), /is not a column/],
  [{ kind: "columnIs", column: "t.a", nullable: "no" }, /is invalid: nullable: /],
  [{ kind: "columnIs", column: "t.a", default: 0 }, /is invalid: default: /],
  [{ kind: "columnIs", column: "t.a", tpye: "int" }, /is invalid: .*tpye/],
  [indexExists("i", { columns: [] }), /is invalid: columns: /],
  [{ kind: "constraintExists", table: "t", constraint: "c", type: "key" }, /is invalid: type: .*"check"/],
  [enumHas("e", []), /is invalid: values: /],
  [enumHas("a.b.c", ["v"]), /more parts than schema\.name/],
  [{ kind: "extensionInstalled", extension: "e", atLeast: 1.1 }, /is invalid: atLeast: /],
  [extensionInstalled("e", { atLeast: "1.1-dev" }), /atLeast: a version is numbers with dots/],
  [{ kind: "policyExists", table: "t", policy: "p", command: "SELECT" }, /is invalid: command: .*"select"/],
  [privilegeGranted(["select"], { to: "app" }), /must name one table, schema, sequence or function/],
  [privilegeGranted(["usage"], { schema: "a", table: "b", to: "app" }), /must name one table/],
  [privilegeGranted(["usage"], { table: "b", to: "app" }), /a table has no privilege usage; it has select, /],
  [{ kind: "privilegeGranted", privileges: ["SELECT"], table: "t", to: "a" }, /is invalid: privileges\.0: /],
  [{ kind: "privilegeGranted", privileges: ["select"], table: "t" }, /is invalid: to: /],
  [sequencesAhead({ schema: "app", table: "gifts" }), /names a schema and a table/],
  [{ kind: "noInvalidIndexes", table: "t" }, /is invalid: .*table/],
] as const)
  test(`${JSON.stringify(definition)} is refused: ${message.source.slice(0, 60)}`, async () => {
    await assert.rejects(readChecks([definition]), (error) => {
      assert.ok(error instanceof CheckDefinitionError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
