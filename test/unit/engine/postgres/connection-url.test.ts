import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, ConnectionError, connectionFromUrl } from "../../../../engine/index.ts";
import { clientConfiguration } from "../../../../engine/postgres/session/client-configuration.ts";
import {
  maintenanceConnection,
  resolveConnection,
} from "../../../../engine/postgres/session/resolve-connection.ts";
import { schemasIn, settingsInOptions } from "../../../../engine/postgres/session/session-options.ts";

function isRefused(connection: Connection | string, code: string, message: RegExp): void {
  const given = typeof connection === "string" ? { url: connection } : connection;
  assert.throws(
    () => resolveConnection(given, {}),
    (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
      return true;
    },
    JSON.stringify(connection),
  );
}

test("parameters that name the target win over the rest of the URL, as in libpq", () => {
  assert.deepEqual(
    connectionFromUrl("postgresql://u:p@h:1/d?host=i&port=2&dbname=e%2Ff&user=v&password=a+b"),
    { host: "i", port: 2, database: "e/f", user: "v", password: "a+b" },
  );
  assert.deepEqual(connectionFromUrl("postgresql://?host=i&dbname=e"), { host: "i", database: "e" });
  assert.deepEqual(connectionFromUrl("postgresql://:6000/e?host=/run/pg"), {
    ...{ host: "/run/pg", port: 6000, database: "e" },
  });
});

test("a database is decoded as a whole", () => {
  assert.equal(connectionFromUrl("postgresql://h/a%2Fb%23c%3Fd").database, "a/b#c?d");
  assert.equal(connectionFromUrl("postgresql://%2Frun%2Fpg/d").host, "/run/pg");
});

test("parameters that change neither target nor security are left to their tools", () => {
  for (const query of [
    "connection_limit=1&pool_timeout=0&pgbouncer=true&socket_timeout=5&statement_cache_size=0",
    "single_use_connections=true&max_connection_lifetime=5&workaround=supabase-pooler.vercel&supa=base-pooler.x",
    "target_session_attrs=any&load_balance_hosts=disable&replication=false&client_encoding=utf8",
    "keepalives=1&keepalives_idle=5&tcp_user_timeout=0&uselibpqcompat=true&x-multi-statement=true",
  ])
    assert.deepEqual(connectionFromUrl(`postgresql://h/d?${query}`), { host: "h", database: "d" });
});

test("a parameter that would change the target or the session is refused by name", () => {
  for (const [query, remedy] of [
    ["hostaddr=192.0.2.1", /hostaddr.*tlsServerName/],
    ["service=s", /service.*host, port/],
    ["servicefile=f", /servicefile/],
    ["passfile=f", /passfile.*PGPASSFILE/],
    ["target_session_attrs=read-write", /target_session_attrs.*primary as the only host/],
    ["load_balance_hosts=random", /load_balance_hosts/],
    ["replication=database", /replication/],
    ["client_encoding=LATIN1", /client_encoding.*UTF-8/],
    ["oauth_issuer=x", /oauth_issuer/],
    ["scram_client_key=x", /scram_client_key/],
    ["currentSchema=app", /currentSchema.*schema/],
    ["x-migrations-table=t", /x-migrations-table.*schema_migrations/],
    ["serch_path=app", /serch_path, which is unknown/],
    ["statement_timeout=5s", /statement_timeout.*options=-c/],
    ["constructor=x", /constructor/],
    ["%00=x", /a parameter, which is unknown/],
    ["schema=", /schema without a value/],
    ["host=", /host without a value/],
    ["dbname=a&dbname=b", /dbname twice/],
    ["port=abc", /port .* whole number/],
    ["connect_timeout=soon", /connect_timeout .* whole number/],
    ["search_path=a&options=-csearch_path%3Db", /search_path/],
  ] as const)
    isRefused(`postgresql://h/d?${query}`, "CONNECTION_PARAMETER_REFUSED", remedy);
});

test("several hosts are refused with a remedy, however they are given", () => {
  const remedy = /several hosts.*Name only the primary.*target_session_attrs/;
  for (const connection of [
    "postgresql://u:p@a:1,b:2/d?target_session_attrs=read-write",
    "postgresql://a,b/d",
    "postgresql:///d?host=a,b&port=1,2",
    "postgresql://u@/d?host=a,b",
    { host: "a,b", database: "d" },
  ])
    isRefused(connection, "CONNECTION_SEVERAL_HOSTS", remedy);
});

test("a URL made of a value that is missing is refused", () => {
  for (const [url, part] of [
    ["postgresql://u:p@/d", "host"],
    ["postgresql://u:p@:5432/d", "host"],
    ["postgresql://u:p@h:/d", "port"],
    ["postgresql://u:p@undefined/d", "host"],
    ["postgresql://u:p@h/undefined", "database"],
    ["postgresql://undefined:p@h/d", "user"],
    ["postgresql://u:p@h/d?schema=undefined", "schema"],
  ] as const)
    isRefused(url, "CONNECTION_INCOMPLETE", new RegExp(`^The ${part} in the connection URL is empty`));
});

test("connect_timeout means what it means to libpq and Prisma", () => {
  const seconds = (query: string, environment = {}): number =>
    resolveConnection({ url: `postgresql://h/d${query}` }, environment).connectTimeoutSeconds;
  assert.deepEqual([seconds("?connect_timeout=3"), seconds("?connect_timeout=0")], [3, 0]);
  assert.deepEqual([seconds("?connect_timeout=-1"), seconds("")], [0, 10]);
  assert.equal(seconds("", { PGCONNECT_TIMEOUT: "7" }), 7);
});

test("options are read as the server reads them", () => {
  const settings = settingsInOptions(String.raw`-c a=1 -cb=2 --c-d=3 -c e=x\ y\\z endpoint=ep -c A=4 --f`);
  assert.deepEqual(Object.fromEntries(settings), { a: "4", b: "2", c_d: "3", e: String.raw`x y\z` });
  assert.deepEqual(schemasIn('"$user", App,"My,""Schema" ,$user'), ["app", 'My,"Schema']);
});

test("options, search_path and application_name reach the session; settings of the package win", () => {
  const configuration = (query: string, settings = {}): [string | undefined, string | undefined] => {
    const resolved = resolveConnection({ url: `postgresql://h/d?${query}` }, {});
    const { options, application_name } = clientConfiguration(resolved, settings);
    return [options, application_name];
  };
  const [options = "", name] = configuration(
    "options=endpoint%3Dep+-c+statement_timeout%3D5s&application_name=app",
  );
  assert.match(options, /^endpoint=ep -c statement_timeout=5s -c application_name=app /);
  assert.equal(options.match(/statement_timeout/g)?.length, 1);
  assert.equal(name, "app");
  const [chosen = ""] = configuration("options=-cstatement_timeout%3D5s", { statementTimeoutMs: 7 });
  assert.match(chosen, /-cstatement_timeout=5s .*-c statement_timeout=7/);
  assert.match(configuration("search_path=app,extensions")[0] ?? "", /^-c search_path=app,extensions /);
});

test("a schema that contradicts the search path is refused; of a variable's it wins", () => {
  isRefused("postgresql://h/d?schema=a&search_path=b", "CONNECTION_SCHEMA_AMBIGUOUS", /"a".*"b"/);
  const url = "postgresql://h/d?schema=a";
  assert.equal(resolveConnection({ url: `${url}&search_path=a,b` }, {}).options, "-c search_path=a,b");
  isRefused(
    { database: "d", schema: "a", options: "-c search_path=b" },
    "CONNECTION_SCHEMA_AMBIGUOUS",
    /"b"/,
  );
  const part = resolveConnection({ url: "postgresql://h/d?search_path=b", schema: "a" }, {});
  assert.equal(settingsInOptions(part.options).get("search_path"), '"a"');
  assert.equal(resolveConnection({ url, options: "-c search_path=b" }, {}).schema, "b");
  const inherited = resolveConnection({ url }, { PGOPTIONS: "-c search_path=b" });
  assert.equal(settingsInOptions(inherited.options).get("search_path"), '"a"');
  isRefused(
    { database: "d", schema: "a", options: "-c search_path=$user" },
    "CONNECTION_SCHEMA_AMBIGUOUS",
    /"\$user"/,
  );
});

test("a search path that is given decides by its first schema, unless that depends on the role", () => {
  const schema = (path: string): string | undefined =>
    resolveConnection({ database: "d", options: `-c search_path=${path}` }, {}).schema;
  assert.deepEqual(
    ["app", "App", '"App"', "app,public", "$user", '"$user",app', '""'].map((path) => schema(path)),
    ["app", "app", "App", "app", undefined, undefined, undefined],
  );
});

test("the maintenance connection keeps options, but no search path", () => {
  for (const connection of [
    { url: "postgresql://h/d?options=endpoint%3Dep&search_path=app" },
    { host: "h", database: "d", options: "endpoint=ep -c search_path=app" },
  ]) {
    const { schema, options = "" } = resolveConnection(maintenanceConnection(connection), {});
    assert.deepEqual(
      [schema, settingsInOptions(options).get("search_path")?.replaceAll('"', "")],
      ["public", "public"],
    );
    assert.match(options, /^endpoint=ep /);
  }
});
