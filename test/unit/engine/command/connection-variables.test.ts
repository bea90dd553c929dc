import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connectionVariables } from "../../../../engine/command/connection-variables.ts";
import { connectionFromUrl, type Connection } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";

// A shell that has the quickstart's environment has a password, which is neither expected here nor to be printed.
delete process.env["PGPASSWORD"];

async function variables(t: TestContext, connection: Connection): Promise<Record<string, string>> {
  return connectionVariables(connection, { urlVariable: "TOOL_URL", folder: await createFiles(t) });
}

const address = { host: "db.example", port: 5433, database: "a b", user: "u@x" };
const password = `p'w"d\\ 100%@/:$x&é`;

test("parts become a URL and libpq's variables", async (t) => {
  const { TOOL_URL = "", ...libpq } = await variables(t, { ...address, password });
  assert.deepEqual(connectionFromUrl(TOOL_URL), { ...address, password, tls: "require" });
  assert.doesNotMatch(TOOL_URL, /['"\\ $]/);
  assert.deepEqual(libpq, {
    PGHOST: "db.example",
    PGPORT: "5433",
    PGDATABASE: "a b",
    PGUSER: "u@x",
    PGPASSWORD: password,
    PGCONNECT_TIMEOUT: "10",
    PGSSLMODE: "require",
  });
});

test("a URL is handed on as it stands, with the parameters that its tool alone knows", async (t) => {
  const url = "postgresql://u:p%2fw@localhost/db?schema=app&connection_limit=1";
  const { TOOL_URL, PGPASSWORD } = await variables(t, { url, schema: "other", connectTimeoutSeconds: 3 });
  assert.equal(TOOL_URL, url);
  assert.equal(PGPASSWORD, "p/w");
});

test("a URL that says nothing of TLS gets the mode and the authorities of the connection", async (t) => {
  const plain = await variables(t, { url: "postgresql://u@h/db" });
  assert.equal(plain["TOOL_URL"], "postgresql://u@h/db?sslmode=require");
  const strict = "postgresql://u@h/db?sslmode=verify-full";
  assert.equal((await variables(t, { url: strict }))["TOOL_URL"], strict);
  const rds = await variables(t, { url: "postgresql://u@a.b.eu-west-1.rds.amazonaws.com/db?schema=x" });
  const { searchParams } = new URL(rds["TOOL_URL"] ?? "");
  assert.equal(searchParams.get("sslmode"), "verify-full");
  assert.equal(searchParams.get("sslrootcert"), rds["PGSSLROOTCERT"]);
});

test("parts win over a URL, which keeps its other parameters", async (t) => {
  process.env["VARIABLE_OF_URL"] = "postgresql://u:p@h/db?schema=app&sslmode=verify-full";
  const { TOOL_URL } = await variables(t, {
    urlVariable: "VARIABLE_OF_URL",
    database: "other",
    tls: "disable",
  });
  assert.equal(TOOL_URL, "postgresql://u:p@h:5432/other?schema=app&sslmode=disable");
});

test("the text of authorities becomes a file that both name", async (t) => {
  const folder = await createFiles(t);
  const found = await connectionVariables(
    { ...address, password, tlsCa: "PEM" },
    { urlVariable: "TOOL_URL", folder },
  );
  const file = join(folder, "authorities.pem");
  assert.equal(found["PGSSLROOTCERT"], file);
  assert.equal(found["PGSSLMODE"], "verify-full");
  assert.equal(new URL(found["TOOL_URL"] ?? "").searchParams.get("sslrootcert"), file);
  assert.equal(await readFile(file, "utf8"), "PEM");
});

test("a socket and an IPv6 address have their place in a URL", async (t) => {
  const socket = await variables(t, { host: "/run/postgresql", database: "db", user: "u" });
  assert.deepEqual(connectionFromUrl(socket["TOOL_URL"] ?? ""), {
    ...{ host: "/run/postgresql", port: 5432, database: "db", user: "u", tls: "disable" },
  });
  const { TOOL_URL } = await variables(t, { host: "::1", database: "db", user: "u" });
  assert.match(TOOL_URL ?? "", /^postgresql:\/\/u@\[::1\]:5432\/db\?/);
});

test("a URL whose parameters choose the target is rewritten so that every driver reaches it", async (t) => {
  const url = "postgresql://u@other/old?host=localhost&port=5433&dbname=app&user=v&password=p%2Bw&schema=s";
  const { TOOL_URL = "", PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD } = await variables(t, { url });
  assert.equal(TOOL_URL, "postgresql://v:p%2Bw@localhost:5433/app?schema=s&sslmode=disable");
  assert.deepEqual(
    [PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD],
    ["localhost", "5433", "app", "v", "p+w"],
  );
});

test("the directory of a socket stays in a URL that has no other host", async (t) => {
  const url = "postgresql://u:p@/db?host=/run/postgresql";
  assert.equal((await variables(t, { url }))["TOOL_URL"], url);
});

test("options reach the tool in its URL and for libpq", async (t) => {
  const url = "postgresql://localhost/db?options=-c%20search_path%3Dapp";
  const kept = await variables(t, { url });
  assert.deepEqual([kept["TOOL_URL"], kept["PGOPTIONS"]], [url, "-c search_path=app"]);
  const parts = await variables(t, { host: "localhost", database: "db", options: "-c search_path=app" });
  assert.match(parts["TOOL_URL"] ?? "", /\?options=-c%20search_path%3Dapp&sslmode=disable$/);
});
