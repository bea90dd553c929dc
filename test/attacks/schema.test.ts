import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, preflight } from "../../engine/index.ts";
import { createFolder } from "../migration-folder.ts";
import { createAttackedDatabase, promotion } from "./hostile-role.ts";

test("a schema that another role has named as the migrating one is not gone into", async (t) => {
  const { victim, attacker, attack, inspect, isSuperuser } = await createAttackedDatabase(t);
  await inspect(`GRANT CREATE ON DATABASE "${victim.database}" TO "${attacker.user}"`);
  await attack(`CREATE SCHEMA "${victim.user}";
    GRANT ALL ON SCHEMA "${victim.user}" TO PUBLIC;
    CREATE FUNCTION "${victim.user}".slug(t text) RETURNS text LANGUAGE plpgsql AS $f$
      BEGIN ${promotion(attacker)} RETURN t; END $f$`);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b text)",
    "2_b": "INSERT INTO a SELECT slug('x')",
  });
  const refusal = {
    code: "SCHEMA_NOT_TRUSTED",
    message: new RegExp(
      `Its owner ${attacker.user} could have created it .* write schema: ${victim.user} into the connection`,
    ),
  };
  await assert.rejects(preflight({ connection: victim, folder }), refusal);
  await assert.rejects(connect(victim), refusal);
  assert.equal(await isSuperuser(), false);
  // Named by the connection, or outside of the search path, it is no matter of trust.
  await (await connect({ ...victim, schema: victim.user })).close();
  await (await connect({ ...victim, options: "-c search_path=public" })).close();
});

test("a schema that is named as the role is gone into if the role, or one that it trusts, owns it", async (t) => {
  const { victim, attacker, inspect } = await createAttackedDatabase(t);
  for (const owner of [victim.user, attacker.user]) {
    await inspect(
      `DROP SCHEMA IF EXISTS "${attacker.user}"; CREATE SCHEMA "${attacker.user}" AUTHORIZATION "${owner}"; GRANT USAGE ON SCHEMA "${attacker.user}" TO PUBLIC`,
    );
    const session = await connect(attacker);
    assert.equal(session.address.schema, attacker.user);
    await session.close();
  }
});
