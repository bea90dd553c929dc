import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { type Connection, ConnectionError } from "../../../../engine/index.ts";
import { serverWords } from "../../../../engine/backup/server-words.ts";
import {
  connectionWarnings,
  placeOf,
  resolveConnection,
} from "../../../../engine/postgres/session/resolve-connection.ts";
import { libpqVariables } from "../../../../engine/postgres/session/libpq-variables.ts";
import type { ResolvedTls } from "../../../../engine/postgres/session/connection.ts";
import { createFiles } from "../../../migration-folder.ts";

function tlsOf(connection: Connection | string, environment: Record<string, string> = {}): ResolvedTls {
  const given = typeof connection === "string" ? { url: connection } : { database: "d", ...connection };
  return resolveConnection(given, environment).tls;
}

function isRefused(connection: Connection | string, environment: Record<string, string>, name: RegExp): void {
  assert.throws(
    () => tlsOf(connection, environment),
    (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.equal(error.code, "TLS_NOT_ENFORCEABLE");
      assert.match(error.message, name);
      return true;
    },
  );
}

test("with nothing said TLS is required on a network, and this machine needs none", () => {
  for (const host of ["db", "10.0.0.1", "fd00::2", "127.0.0.1.example", "localhost.example", "0.0.0.0"])
    assert.deepEqual([tlsOf({ host }).mode, tlsOf({ host }).isUnsaid], ["require", true], host);
  for (const host of ["localhost", "127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "/run/pg"])
    assert.equal(tlsOf({ host }).mode, "disable", host);
});

test("a known authority verifies certificate and host", async (t) => {
  const dir = await createFiles(t, { "ca.pem": "PEM" });
  assert.deepEqual([tlsOf({ tlsCa: "X" }).mode, tlsOf({ tlsCa: "X" }).authorities], ["verify-full", "X"]);
  const file = tlsOf({ host: "db", tlsCaFile: `${dir}/ca.pem` });
  assert.deepEqual([file.mode, file.authorities], ["verify-full", "PEM"]);
  assert.equal(tlsOf("postgresql://h/d", { PGSSLROOTCERT: `${dir}/ca.pem` }).mode, "verify-full");
  assert.equal(tlsOf(`postgresql://h/d?sslcert=${dir}/ca.pem`).authorities, "PEM");
  assert.equal(tlsOf("postgresql://h/d?sslrootcert=system").mode, "verify-full");
  assert.equal(tlsOf("postgresql://h/d?sslrootcert=system&sslmode=require").mode, "verify-full");
  assert.equal(tlsOf({ host: "localhost", tlsServerName: "db.example" }).mode, "verify-full");
  assert.throws(() => tlsOf({ tlsCaFile: `${dir}/none` }), /none, named by tlsCaFile/);
});

test("hosts of RDS are verified by the authorities of their region", () => {
  for (const host of [
    "app.abc123.eu-central-1.rds.amazonaws.com",
    "app.cluster-abc.us-gov-west-1.rds.amazonaws.com",
    "app.abc.rds.cn-north-1.amazonaws.com.cn",
  ]) {
    const { mode, authorities = "", isRds } = tlsOf({ host });
    assert.deepEqual([mode, isRds], ["verify-full", true]);
    assert.ok(new X509Certificate(authorities).ca);
  }
  const { authorities = "" } = tlsOf({ host: "app.abc123.eu-central-1.rds.amazonaws.com" });
  const names = authorities
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .map((pem) => new X509Certificate(pem).subject);
  assert.ok(names.some((name) => name.includes("eu-central-1 Root CA RSA2048")));
  assert.ok(!names.some((name) => name.includes("us-east-1")));
  assert.equal(tlsOf({ host: "rds.amazonaws.com.evil.example" }).isRds, false);
  assert.equal(tlsOf({ host: "evilrds.amazonaws.com" }).isRds, false);
});

test("modes of URLs and variables are honoured, and the strongest of several", () => {
  const modeOf = (parameters: string, environment = {}) =>
    tlsOf(`postgresql://h/d?${parameters}`, environment).mode;
  assert.equal(modeOf("sslmode=disable"), "disable");
  for (const weak of [
    "sslmode=prefer",
    "sslmode=allow",
    "ssl=no-verify",
    "sslmode=no-verify",
    "requiressl=1",
  ])
    assert.equal(modeOf(weak), "require", weak);
  for (const strong of [
    "ssl=true",
    "sslaccept=strict",
    "sslmode=verify-full",
    "sslmode=require&sslaccept=strict",
  ])
    assert.equal(modeOf(strong), "verify-full", strong);
  assert.equal(modeOf("ssl=true&sslmode=require"), "require");
  assert.equal(modeOf("sslmode=verify-ca"), "verify-full");
  assert.equal(modeOf("", { PGSSLMODE: "verify-full" }), "verify-full");
  assert.equal(modeOf("", { PGSSLMODE: "disable" }), "disable");
  assert.equal(modeOf("", { PGREQUIRESSL: "1" }), "require");
  assert.equal(modeOf("sslmode=require", { PGSSLMODE: "disable" }), "require");
  assert.equal(tlsOf("postgresql://localhost/d?sslmode=prefer").mode, "disable");
  assert.equal(tlsOf("postgresql://localhost/d?channel_binding=require").mode, "require");
  assert.equal(tlsOf({ tls: "verify-ca", tlsCa: "X" }).mode, "verify-ca");
  assert.equal(tlsOf({ tls: "require", tlsCa: "X" }).mode, "verify-ca");
});

test("what cannot be enforced is refused by name", () => {
  for (const parameter of ["sslcrl=x", "sslcrldir=x", "sslidentity=x", "requirepeer=x", "require_auth=x"])
    isRefused(`postgresql://h/d?${parameter}`, {}, new RegExp(parameter.slice(0, -2)));
  for (const parameter of ["gssencmode=require", "sslcertmode=require", "sslMode=require", "tls=on"])
    isRefused(`postgresql://h/d?${parameter}`, {}, new RegExp(parameter.split("=")[0] ?? ""));
  for (const parameters of ["sslmode=disable&ssl=true", "sslmode=disable&channel_binding=require"])
    isRefused(`postgresql://h/d?${parameters}`, {}, /sslmode=disable/);
  isRefused("postgresql://h/d?sslmode=verify-full&sslmode=disable", {}, /sslmode twice/);
  for (const variable of ["PGSSLCRL", "PGREQUIREPEER", "PGREQUIREAUTH", "PGSSLCERT", "PGSSLKEY"])
    isRefused({ host: "h" }, { [variable]: "x" }, new RegExp(variable));
  isRefused({ host: "h" }, { PGGSSENCMODE: "require" }, /PGGSSENCMODE/);
  isRefused({ host: "h" }, { PGSSLMODE: "verify_full" }, /PGSSLMODE/);
  isRefused({ host: "/run/pg" }, { PGCHANNELBINDING: "require" }, /channel_binding/);
  assert.equal(tlsOf({ host: "h" }, { PGGSSENCMODE: "prefer", PGCHANNELBINDING: "prefer" }).mode, "require");
});

test("PostgreSQL's programs get all of it", () => {
  const url =
    "postgresql://u@h/d?sslmode=verify-ca&sslrootcert=/dev/null&sslcert=/c.pem&sslkey=/k.pem&channel_binding=require" +
    "&sslnegotiation=direct&ssl_min_protocol_version=TLSv1.3";
  const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGCONNECT_TIMEOUT, ...tls } = libpqVariables(
    { url },
    { libpqVersion: 18 },
  );
  assert.deepEqual([PGHOST, PGPORT, PGDATABASE, PGUSER, PGCONNECT_TIMEOUT], ["h", "5432", "d", "u", "10"]);
  assert.deepEqual(tls, {
    PGSSLMODE: "verify-ca",
    PGSSLROOTCERT: "/dev/null",
    PGSSLCERT: "/c.pem",
    PGSSLKEY: "/k.pem",
    PGCHANNELBINDING: "require",
    PGSSLNEGOTIATION: "direct",
    PGSSLMINPROTOCOLVERSION: "TLSv1.3",
  });
  assert.throws(() => libpqVariables({ url: `${url}&sslpassword=x` }, { libpqVersion: 18 }), /sslpassword/);
});

test("a command that people copy is as strict as the connection", () => {
  const words = (connection: Connection) =>
    serverWords({ database: "d", user: "u", ...connection }).variables;
  assert.equal(words({ host: "db", tlsCa: "X" }), "PGSSLMODE=verify-full PGSSLROOTCERT=authorities.pem ");
  assert.equal(words({ host: "db", tls: "verify-full" }), "PGSSLMODE=verify-full PGSSLROOTCERT=system ");
  assert.match(
    words({ host: "a.b.eu-west-1.rds.amazonaws.com" }),
    /^PGSSLMODE=verify-full .*=global-bundle.pem $/,
  );
  assert.equal(words({ host: "db" }), "PGSSLMODE=require ");
  assert.equal(words({ host: "localhost" }), "");
});

test("an unverified server is warned of, and clear text on a network is named", () => {
  assert.match(
    connectionWarnings({ host: "db", database: "d" }).join(),
    /the server is not verified.*tlsCaFile/,
  );
  for (const tls of ["require", "verify-full", "disable"] as const)
    assert.deepEqual(connectionWarnings({ host: "db", database: "d", tls }), []);
  assert.equal(placeOf({ host: "db", database: "d", tls: "disable" }), "d at db:5432, in clear text");
  assert.equal(placeOf({ host: "db", database: "d", tls: "require" }), "d at db:5432");
  assert.equal(placeOf({ host: "localhost", database: "d" }), "d at localhost:5432");
});
