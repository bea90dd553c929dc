import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { type Connection, dumpCommand, type LogicalBackupIdentity } from "../../../../../engine/index.ts";
import { libpqVariables } from "../../../../../engine/postgres/session/libpq-variables.ts";

const root = mkdtempSync(join(tmpdir(), "pulumi-pg-migrations-test-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** Stands in for pg_dump: says what it was given, as pg_dump would see it. */
const pgDump = join(root, "pg 'dump'");
writeFileSync(
  pgDump,
  `#!${process.execPath}
const { readFileSync } = require("node:fs");
const { env } = process;
const certificates = env.PGSSLROOTCERT && env.PGSSLROOTCERT.endsWith(".ca") ? readFileSync(env.PGSSLROOTCERT, "utf8") : "";
console.log(JSON.stringify({ args: process.argv.slice(2), env, certificates }));
`,
);
chmodSync(pgDump, 0o700);

interface Seen {
  args: string[];
  env: Record<string, string>;
  certificates: string;
}

function identityOf(connection: Connection, temporaryPath: string): LogicalBackupIdentity {
  const certificatesFile = `${temporaryPath}.ca`;
  return {
    name: "x.dump",
    location: temporaryPath.replace(/\.unfinished$/, ""),
    temporaryPath,
    format: "custom",
    database: connection.database ?? "",
    server: "",
    serverVersion: "18.1",
    position: "",
    digest: "",
    requestedAt: "",
    databaseBytes: 0,
    snapshot: "10:10:",
    locale: { encoding: "UTF8", collate: "C", ctype: "C" },
    programs: { pgDump, pgRestore: "", version: "18.1" },
    libpq: libpqVariables(connection, { libpqVersion: 18, certificatesFile, hostAddress: "127.0.0.1" }),
  };
}

function run(connection: Connection, inherited: Record<string, string> = {}, folder = root): Seen {
  const identity = identityOf(connection, join(folder, "x.dump.unfinished"));
  const request = { connection, target: { directory: folder }, ledger: { position: "", digest: "" } };
  const { create, environment, secretEnvironment } = dumpCommand(request, identity);
  const env = { PATH: process.env["PATH"], ...inherited, ...environment, ...secretEnvironment };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", create], { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Seen;
}

/** Anything that an environment can hold. */
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom("'", '"', "$", "`", "\\", "\n", " ", "-", "%", ";", "@"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 2 }),
    ),
    minLength: 1,
    maxLength: 12,
  })
  .map((value) => Buffer.from(value.replaceAll("\0", "0")).toString());

test("database, user and password reach pg_dump as they are, whatever they hold, and never as arguments", () => {
  fc.assert(
    fc.property(fc.tuple(text, text, text), fc.boolean(), ([database, user, password], isVariable) => {
      const connection = { host: "localhost", port: 5432, database, user };
      process.env["SECRET"] = password;
      const { args, env } = isVariable
        ? run({ ...connection, passwordVariable: "SECRET" }, { SECRET: password })
        : run({ ...connection, password });
      assert.deepEqual([env["PGDATABASE"], env["PGUSER"], env["PGPASSWORD"]], [database, user, password]);
      assert.deepEqual(args, [
        "--format=custom",
        "--lock-wait-timeout=60000",
        "--quote-all-identifiers",
        "--no-password",
        `--file=${root}/x.dump.unfinished`,
      ]);
    }),
    { numRuns: 40 },
  );
});

test("the shell reads the password out of a URL in a variable as this package does", () => {
  fc.assert(
    fc.property(text, text, (user, password) => {
      const url = `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@localhost:5432/app?sslmode=disable`;
      process.env["URL_OF_TEST"] = url;
      const { env } = run({ urlVariable: "URL_OF_TEST" }, { URL_OF_TEST: url });
      assert.deepEqual([env["PGUSER"], env["PGPASSWORD"]], [user, password]);
    }),
    { numRuns: 40 },
  );
});

test("the shell reads a password that is a parameter of the URL", () => {
  const url = "postgresql://me:other@localhost/app?sslmode=disable&password=p%2Bw+%20x%26&schema=s";
  process.env["URL_OF_TEST"] = url;
  const { env } = run({ urlVariable: "URL_OF_TEST" }, { URL_OF_TEST: url });
  assert.equal(env["PGPASSWORD"], "p+w+ x&");
});

test("a URL without a password leaves what is inherited", () => {
  for (const url of ["postgresql://me@localhost/app", "postgresql://localhost/app"]) {
    process.env["URL_OF_TEST"] = url;
    const { env } = run({ urlVariable: "URL_OF_TEST" }, { URL_OF_TEST: url, PGPASSWORD: "inherited" });
    assert.equal(env["PGPASSWORD"], "inherited");
  }
});

test("folders of any name are written to", () => {
  fc.assert(
    fc.property(text, (name) => {
      const folder = join(root, "folders", `-${name.replaceAll("/", "_")}`);
      const { args } = run({ host: "localhost", database: "app" }, {}, folder);
      assert.ok(args.includes(`--file=${folder}/x.dump.unfinished`));
      assert.deepEqual(readdirSync(folder), []);
    }),
    { numRuns: 20 },
  );
});

test("what would lead pg_dump elsewhere is not inherited", () => {
  const misleading = { PGSERVICE: "x", PGHOSTADDR: "192.0.2.1", PGOPTIONS: "-c x=y", PGSSLMODE: "require" };
  const { env } = run({ host: "/run/postgresql", database: "app" }, misleading);
  assert.deepEqual(
    ["PGHOST", "PGSERVICE", "PGHOSTADDR", "PGOPTIONS", "PGSSLMODE", "TZ"].map((name) => env[name]),
    ["/run/postgresql", undefined, undefined, undefined, "disable", "UTC"],
  );
});

test("certificates of any size reach pg_dump in a file, which is gone afterwards", () => {
  const tlsCa = "-----BEGIN CERTIFICATE-----\nMIIB $x '\"%s\\n\n".repeat(5000);
  const { env, certificates } = run({ host: "db.example", database: "app", tlsCa });
  assert.equal(env["PGSSLMODE"], "verify-full");
  assert.equal(certificates, tlsCa);
  assert.ok(!readdirSync(root).some((name) => name.endsWith(".ca")));
});

test("TLS is asked for as this package's own sessions do", () => {
  const modeOf = (connection: Connection) => run({ host: "db.example", database: "app", ...connection }).env;
  assert.equal(modeOf({})["PGSSLMODE"], "require");
  assert.equal(modeOf({ host: "localhost" })["PGSSLMODE"], "disable");
  assert.equal(modeOf({ tls: "require" })["PGSSLMODE"], "require");
  assert.equal(modeOf({ tls: "require", tlsCa: "x" })["PGSSLMODE"], "verify-ca");
  const system = modeOf({ tls: "verify-full" });
  assert.deepEqual([system["PGSSLMODE"], system["PGSSLROOTCERT"]], ["verify-full", "system"]);
  const tunnel = modeOf({ tls: "verify-full", tlsServerName: "db.internal" });
  assert.deepEqual([tunnel["PGHOST"], tunnel["PGHOSTADDR"]], ["db.internal", "127.0.0.1"]);
});
