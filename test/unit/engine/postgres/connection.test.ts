import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Connection,
  ConnectionError,
  connectionFromUrl,
  withVisibleGaps,
} from "../../../../engine/index.ts";
import {
  maintenanceConnection,
  resolveConnection,
} from "../../../../engine/postgres/session/resolve-connection.ts";

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

test("a URL gives every part, decoded", () => {
  assert.deepEqual(
    connectionFromUrl(
      "postgresql://us%40er:p%2F%3A%40%23%3F%25@db.example:5433/my%20db?schema=My.App&sslmode=require&sslrootcert=/ca.pem",
    ),
    {
      host: "db.example",
      port: 5433,
      database: "my db",
      user: "us@er",
      password: "p/:@#?%",
      schema: "My.App",
      tls: "require",
      tlsCaFile: "/ca.pem",
    },
  );
});

test("any password that is percent-encoded comes out of a URL as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (password) => {
      const url = `postgresql://u:${encodeURIComponent(password)}@h/d`;
      assert.equal(connectionFromUrl(url).password, password);
    }),
  );
});

test("parts that a URL leaves out are absent, so that their defaults apply", () => {
  assert.deepEqual(connectionFromUrl("postgres://h/d"), { host: "h", database: "d" });
  const resolved = resolveConnection({ url: "postgres://h/d" }, { PGUSER: "u", PGPASSWORD: "p" });
  assert.equal(resolved.user, "u");
  assert.equal(resolved.password, "p");
});

test("the directory of a socket and an IPv6 address are hosts", () => {
  assert.equal(connectionFromUrl("postgresql:///d?host=/run/pg").host, "/run/pg");
  assert.equal(connectionFromUrl("postgresql://[::1]:5434/d").host, "::1");
});

for (const url of [
  "mysql://root:Geheim@h/d",
  "Geheim",
  "postgresql://u:Geheim/x@h/d",
  "postgresql://u:Geheim#x@h/d",
  "postgresql://u:Geheim?x@h/d",
  "postgresql://u:1?Geheim=x@h/d",
  "postgresql://h/d#Geheim",
  "postgresql://u:Geheim@h:99999/d",
  "postgresql://u:Geheim@h/d?sslmode=Geheim",
  "postgresql://u:Geheim@h/d?sslrootcert=a&sslrootcert=Geheim",
])
  test(`a URL such as ${url.replaceAll("Geheim", "***")} is refused by an error that repeats nothing of it`, () => {
    assert.throws(
      () => connectionFromUrl(url),
      (error) => {
        assert.ok(error instanceof ConnectionError);
        assert.match(error.code, /^(CONNECTION_URL_UNREADABLE|TLS_NOT_ENFORCEABLE)$/);
        assert.doesNotMatch(error.message + String(error.stack), /Geheim/);
        assert.equal(error.cause, undefined);
        return true;
      },
    );
  });

test("parts that are given win over those of the URL, a password variable included", () => {
  const resolved = resolveConnection(
    { urlVariable: "DATABASE_URL", host: "other", schema: "b", passwordVariable: "PASSWORD" },
    { DATABASE_URL: "postgresql://u:old@h:1/d?schema=a", PASSWORD: "new" },
  );
  const { host, port, database, user, password, schema } = resolved;
  assert.deepEqual(
    { host, port, database, user, password, schema },
    { host: "other", port: 1, database: "d", user: "u", password: "new", schema: "b" },
  );
});

test("without anything but a database the variables of libpq apply, and then the defaults", () => {
  const { host, port, user } = resolveConnection(
    { database: "d" },
    { PGHOST: "h", PGPORT: "6000", PGUSER: "u" },
  );
  assert.deepEqual({ host, port, user }, { host: "h", port: 6000, user: "u" });
  const plain = resolveConnection({ database: "d" }, {});
  assert.deepEqual(
    [plain.host, plain.port, plain.schema, plain.tls.mode],
    ["localhost", 5432, undefined, "disable"],
  );
});

test("a variable of libpq that would choose another server is refused", () => {
  const code = "CONNECTION_VARIABLE_UNSUPPORTED";
  assert.throws(
    () => resolveConnection({ database: "d" }, { PGHOSTADDR: "192.0.2.1" }),
    refusal(code, /PGHOSTADDR/),
  );
  assert.throws(
    () => resolveConnection({ url: "postgresql:///d" }, { PGSERVICE: "s" }),
    refusal(code, /PGSERVICE.*host, port and user/),
  );
  const named = { url: "postgresql://h/d" };
  assert.equal(resolveConnection(named, { PGSERVICE: "s", PGHOSTADDR: "192.0.2.1" }).host, "h");
});

test("a variable of libpq that is set to nothing does not mean the default", () => {
  for (const name of ["PGHOST", "PGPORT", "PGUSER"])
    assert.throws(
      () => resolveConnection({ database: "d" }, { [name]: "" }),
      refusal("CONNECTION_INCOMPLETE", new RegExp(`${name} is set but empty`)),
    );
  assert.equal(resolveConnection({ url: "postgresql://u@h:1/d" }, { PGHOST: "" }).host, "h");
});

test("a member that is given without a value is refused, and no default takes its place", () => {
  for (const member of ["host", "port", "database", "user", "password", "schema", "tls", "tlsCa", "url"])
    for (const value of [undefined, null, ""])
      assert.throws(
        () => resolveConnection({ database: "d", ...{ [member]: value } }, { PGHOST: "h" }),
        refusal("CONNECTION_INCOMPLETE", new RegExp(`^The connection's ${member} is given, but empty`)),
      );
});

test("what is missing in a connection stays visible when members without a value are dropped", () => {
  const kept = JSON.parse(JSON.stringify(withVisibleGaps({ host: undefined, database: "d" }))) as Connection;
  assert.throws(() => resolveConnection(kept, {}), refusal("CONNECTION_INCOMPLETE", /host/));
});

test("a port that is no port is refused", () => {
  assert.throws(
    () => resolveConnection({ database: "d" }, { PGPORT: "abc" }),
    refusal("CONNECTION_INCOMPLETE", /PGPORT/),
  );
});

test("a variable that is not set is named, with the member that names it", () => {
  assert.throws(
    () => resolveConnection({ urlVariable: "NO_URL" }, {}),
    refusal("CONNECTION_VARIABLE_UNSET", /NO_URL.*urlVariable/),
  );
  assert.throws(
    () => resolveConnection({ database: "d", passwordVariable: "NO_PASSWORD" }, { NO_PASSWORD: "" }),
    refusal("CONNECTION_VARIABLE_UNSET", /NO_PASSWORD.*passwordVariable/),
  );
});

test("a connection that names no database is refused", () => {
  assert.throws(() => resolveConnection({}, {}), refusal("CONNECTION_INCOMPLETE", /database/));
  assert.throws(
    () => resolveConnection({ url: "postgresql://h/" }, {}),
    refusal("CONNECTION_INCOMPLETE", /database/),
  );
});

test("the maintenance connection keeps everything but database and schema", () => {
  const resolved = resolveConnection(maintenanceConnection({ url: "postgresql://u:p@h:1/d?schema=a" }), {});
  assert.deepEqual(
    [resolved.host, resolved.port, resolved.user, resolved.password, resolved.database, resolved.schema],
    ["h", 1, "u", "p", "postgres", "public"],
  );
});
