import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, identifyLogicalBackup } from "../../../../engine/index.ts";
import { useDumpableServer } from "../../../dumpable-server.ts";
import { createSource, dumpOrFail, refusal } from "./taken-backup.ts";

useDumpableServer();

test("tables that the role cannot read, or not all rows of, are named before anything is dumped", async (t) => {
  const { request, database, connection } = await createSource(
    t,
    "CREATE SCHEMA hidden; CREATE TABLE hidden.one (a int); CREATE TABLE gifts (id serial); CREATE TABLE open (a int)",
  );
  const user = `${connection.database}_reader`;
  await database.execute(
    `CREATE ROLE ${user} LOGIN PASSWORD 'reads'; GRANT SELECT ON open, gifts TO ${user}`,
  );
  t.after(async () => {
    const maintenance = await connect({ ...connection, database: "postgres" });
    await maintenance.execute(`DROP ROLE ${user}`);
    await maintenance.close();
  });
  const permitted = { ...request, connection: { ...connection, user, password: "reads" } };
  await assert.rejects(
    identifyLogicalBackup(permitted),
    refusal(
      "DATABASE_UNREADABLE",
      /^The role \w+_reader cannot read hidden\.one, public\.gifts_id_seq, so .*pg_read_all_data\.$/,
    ),
  );
  await database.execute(
    `GRANT SELECT ON SEQUENCE gifts_id_seq TO ${user}; DROP TABLE hidden.one; ALTER TABLE open ENABLE ROW LEVEL SECURITY`,
  );
  await assert.rejects(
    identifyLogicalBackup(permitted),
    refusal("DATABASE_UNREADABLE", /^Row-level security hides rows of public\.open from .*BYPASSRLS\.$/),
  );
  await database.execute(`ALTER ROLE ${user} BYPASSRLS`);
  await dumpOrFail(permitted, await identifyLogicalBackup(permitted));
});
