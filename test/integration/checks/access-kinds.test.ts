import { type TestContext, test } from "node:test";
import { policyExists, privilegeGranted, rowSecurityEnabled } from "../../../engine/index.ts";
import { createRole, openTarget, type Target } from "../target.ts";
import { assertFindings, type Finding } from "./finding.ts";

const odd = '"My.App"."Gift ""s"""';

/** A database with a table of which a role may read, and what policies it has. */
async function openSecured(t: TestContext): Promise<Target & { role: string }> {
  const target = await openTarget(t);
  const { user } = await createRole(t, target);
  await target.database.execute(`
    CREATE SCHEMA "My.App"; GRANT USAGE ON SCHEMA "My.App" TO "${user}";
    CREATE TABLE gifts (id int); GRANT SELECT, INSERT ON gifts TO "${user}";
    CREATE TABLE ${odd} (id int); GRANT DELETE ON ${odd} TO PUBLIC;
    CREATE SEQUENCE numbers; GRANT USAGE ON SEQUENCE numbers TO "${user}";
    CREATE FUNCTION "My.App"."Do (it)"(int, varchar(9)) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION hidden(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION hidden(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
    REVOKE EXECUTE ON FUNCTION hidden(int) FROM PUBLIC;
    ALTER TABLE gifts ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${odd} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${odd} FORCE ROW LEVEL SECURITY;
    CREATE POLICY "own: it's" ON gifts FOR SELECT TO "${user}", CURRENT_USER USING (true);
    CREATE POLICY "all.of" ON ${odd} USING (true);
    CREATE TABLE plain (id int)`);
  return { ...target, role: user };
}

test("row security and policies", async (t) => {
  const { connection, database, role } = await openSecured(t);
  const security = (table: string, found: string): Finding => [{ table, "row security": found }];
  const policy = (name: string, what: string, found: string[]): Finding[number] => ({
    table: "gifts",
    policy: name,
    what,
    expected: found[0] ?? "",
    found: found[1] ?? "",
  });
  await assertFindings(t, database, [
    [rowSecurityEnabled("gifts"), []],
    [rowSecurityEnabled(odd, { forced: true }), []],
    [rowSecurityEnabled("public.gifts", { forced: true }), security("public.gifts", "not forced")],
    [rowSecurityEnabled("plain", { forced: true }), security("plain", "disabled")],
    [rowSecurityEnabled("nowhere"), security("nowhere", "there is no such table")],
    [policyExists("gifts", "own: it's", { command: "select", roles: [connection.user, role] }), []],
    [policyExists(odd, "all.of", { command: "all", roles: ["public"] }), []],
    [policyExists(odd, '"all.of"'), []],
    [
      policyExists("gifts", "own: it's", { command: "all", roles: ["nobody"] }),
      [
        policy("own: it's", "command", ["all", "select"]),
        policy("own: it's", "roles", ["nobody", [connection.user, role].sort().join(", ")]),
      ],
    ],
    [
      policyExists("gifts", "all.of", { command: "all" }),
      [policy("all.of", "policy", ["present", "missing"])],
    ],
    [
      policyExists("nowhere", "p"),
      [
        {
          table: "nowhere",
          policy: "p",
          what: "policy",
          expected: "present",
          found: "there is no such table",
        },
      ],
    ],
  ]);
});

test("privileges", async (t) => {
  const { database, role: to } = await openSecured(t);
  const lacking = (privilege: string, on: string, state = "not granted"): Finding => [
    { privilege, on, to, state },
  ];
  await assertFindings(t, database, [
    [privilegeGranted(["select", "insert"], { table: "gifts", to }), []],
    [privilegeGranted(["select"], { table: "public.gifts", to: `"${to}"` }), []],
    [privilegeGranted(["delete"], { table: odd, to }), []],
    [privilegeGranted(["delete"], { table: odd, to: "public" }), []],
    [privilegeGranted(["usage"], { schema: "My.App", to }), []],
    [privilegeGranted(["usage"], { sequence: "numbers", to }), []],
    [privilegeGranted(["execute"], { function: '"My.App"."Do (it)"(int, character varying(9))', to }), []],
    [privilegeGranted(["execute"], { function: '"My.App"."Do (it)"', to }), []],
    [privilegeGranted(["execute"], { function: "plain()", to }), []],
    [privilegeGranted(["execute"], { function: "hidden(text)", to }), []],
    [privilegeGranted(["select", "update"], { table: "gifts", to }), lacking("update", "table gifts")],
    [privilegeGranted(["create"], { schema: "My.App", to }), lacking("create", "schema My.App")],
    [privilegeGranted(["select"], { sequence: "numbers", to }), lacking("select", "sequence numbers")],
    [
      privilegeGranted(["execute"], { function: "hidden(int)", to }),
      lacking("execute", "function hidden(int)"),
    ],
    [
      privilegeGranted(["select"], { table: "nowhere", to }),
      lacking("select", "table nowhere", "there is no such table"),
    ],
    [
      privilegeGranted(["select"], { table: "numbers", to }),
      lacking("select", "table numbers", "there is no such table"),
    ],
    [
      privilegeGranted(["usage"], { schema: "no", to }),
      lacking("usage", "schema no", "there is no such schema"),
    ],
    [
      privilegeGranted(["usage"], { sequence: "gifts", to }),
      lacking("usage", "sequence gifts", "there is no such sequence"),
    ],
    ...["hidden", "hidden(nothing)", "plain(int)", "no.where()"].map(
      (name) =>
        [
          privilegeGranted(["execute"], { function: name, to }),
          lacking("execute", `function ${name}`, "there is no such function"),
        ] as const,
    ),
    [
      privilegeGranted(["select"], { table: "gifts", to: "no body's" }),
      [{ privilege: "select", on: "table gifts", to: "no body's", state: "there is no such role" }],
    ],
  ]);
});
