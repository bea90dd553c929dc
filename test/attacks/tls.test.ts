import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { connect, type Connection, ConnectionError } from "../../engine/index.ts";
import { unprivilegedAccount } from "../../engine/shadow/server-programs.ts";
import { startEmbeddedServer, stopEmbeddedServer } from "../../scripts/embedded-postgres.ts";
import { authentication, type FakeServer, startFakeServer } from "./fake-server.ts";

const password = "Geheim-und-lang";
/** An address of this machine that others can reach: to libpq and to us it is a network. */
const networkAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
const serverName = `attack-tls-${process.pid}`;
let folder: string;
let real: Connection;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-pg-migrations-attack-tls-"));
  chmodSync(folder, 0o755);
  certify("server", "db.example");
  certify("expired", "db.example", -1);
  const account = await unprivilegedAccount();
  if (account !== undefined) chownSync(join(folder, "server.key"), account.uid, account.gid);
  const settings = { ssl: "on", ssl_cert_file: pem("server"), ssl_key_file: join(folder, "server.key") };
  real = { ...(await startEmbeddedServer({ name: serverName, settings })), database: "postgres" };
});

after(async () => {
  await stopEmbeddedServer(serverName);
  rmSync(folder, { recursive: true, force: true });
});

function pem(name: string): string {
  return join(folder, `${name}.pem`);
}

function certify(name: string, host: string, days = 2): void {
  const [key, request] = [join(folder, `${name}.key`), join(folder, `${name}.csr`)];
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
  openssl(
    ...["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request],
    ...["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`],
  );
  openssl(
    ...["x509", "-req", "-in", request, "-signkey", key, "-out", pem(name)],
    ...["-days", String(days), "-copy_extensions", "copy"],
  );
  chmodSync(key, 0o600);
}

async function fake(
  t: TestContext,
  behaviour: Partial<Parameters<typeof startFakeServer>[0]> = {},
): Promise<FakeServer> {
  assert.ok(
    networkAddress !== undefined,
    "This test needs a network interface besides the loopback: add one.",
  );
  const server = await startFakeServer({
    host: networkAddress,
    greeting: authentication.cleartext,
    ...behaviour,
  });
  t.after(() => server.close());
  return server;
}

function to(server: { host: string; port: number }, options: Connection = {}): Connection {
  return { host: server.host, port: server.port, user: "u", database: "d", password, ...options };
}

async function refusal(connection: Connection): Promise<string> {
  const error: unknown = await connect(connection).then(
    (database) => database.close(),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConnectionError, "It connected.");
  assert.ok(!error.message.includes(password));
  return error.code;
}

test("a server that declines TLS gets neither start-up nor password", async (t) => {
  for (const options of [
    {},
    { tls: "require" },
    { tls: "verify-full" },
    { tlsServerName: "db.example" },
  ] as const) {
    const server = await fake(t);
    assert.equal(await refusal(to(server, options)), "TLS_REFUSED");
    assert.equal(server.clearText().length, 0);
  }
  for (const query of [
    "sslmode=prefer",
    "sslmode=allow",
    "ssl=true",
    "sslaccept=strict",
    "channel_binding=require",
  ]) {
    const server = await fake(t);
    const url = `postgresql://u:${password}@${server.host}:${server.port}/d?${query}`;
    assert.equal(await refusal({ url }), "TLS_REFUSED", query);
    assert.equal(server.clearText().length, 0);
  }
});

test("PGSSLMODE and PGSSLROOTCERT hold for a session", async (t) => {
  t.after(() => {
    delete process.env["PGSSLMODE"];
    delete process.env["PGSSLROOTCERT"];
  });
  process.env["PGSSLMODE"] = "require";
  const server = await fake(t, { host: "127.0.0.1" });
  assert.equal(await refusal(to(server)), "TLS_REFUSED");
  delete process.env["PGSSLMODE"];
  process.env["PGSSLROOTCERT"] = pem("expired");
  const other = await fake(t, { tls: { key: join(folder, "server.key"), certificate: pem("server") } });
  assert.equal(await refusal(to(other)), "CERTIFICATE_NOT_TRUSTED");
});

test("a password is never sent in clear text over a network, even without TLS by wish", async (t) => {
  const server = await fake(t);
  assert.equal(await refusal(to(server, { tls: "disable" })), "PASSWORD_IN_CLEAR");
  assert.ok(!server.clearText().includes(password));
});

test("a server with a certificate of another authority, host or time gets no password", async (t) => {
  const tls = { key: join(folder, "server.key"), certificate: pem("server") };
  const server = await fake(t, { tls });
  assert.equal(await refusal(to(server, { tls: "verify-full" })), "CERTIFICATE_NOT_TRUSTED");
  assert.equal(await refusal(to(server, { tlsCaFile: pem("server") })), "CERTIFICATE_OF_ANOTHER_HOST");
  const named = { tlsCaFile: pem("server"), tlsServerName: "other.example" };
  assert.equal(await refusal(to(server, named)), "CERTIFICATE_OF_ANOTHER_HOST");
  const aged = await fake(t, { tls: { key: join(folder, "expired.key"), certificate: pem("expired") } });
  const expired = { tlsCaFile: pem("expired"), tlsServerName: "db.example" };
  assert.equal(await refusal(to(aged, expired)), "TLS_FAILED");
  for (const one of [server, aged]) assert.ok(!one.received().includes(password));
});

test("channel binding is done or refused", async (t) => {
  const { host, port, user, password: secret = "" } = real;
  const url = `postgresql://${user}:${encodeURIComponent(secret)}@${host}:${port}/postgres?channel_binding=require`;
  const database = await connect({ url });
  await database.close();
  const tls = { key: join(folder, "server.key"), certificate: pem("server") };
  for (const greeting of [
    authentication.cleartext,
    authentication.md5,
    authentication.scramWithoutBinding,
    authentication.trust,
  ]) {
    const server = await fake(t, { tls, greeting });
    const bound = `postgresql://u:${password}@${server.host}:${server.port}/d?channel_binding=require`;
    assert.equal(await refusal({ url: bound }), "CHANNEL_NOT_BOUND");
    assert.ok(!server.received().includes(password));
  }
});

test("a name in the certificate is compared even if the host is a name", async () => {
  const tlsCa = readFileSync(pem("server"), "utf8");
  const database = await connect({ ...real, host: "localhost", tlsCa, tlsServerName: "db.example" });
  await database.close();
});
