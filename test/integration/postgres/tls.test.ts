import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, type Connection } from "../../../engine/index.ts";
import { startEmbeddedServer, stopEmbeddedServer } from "../../../scripts/embedded-postgres.ts";
import { unprivilegedAccount } from "../../../engine/shadow/server-programs.ts";

const serverName = `tls-${process.pid}`;
const hasOpenssl = (() => {
  try {
    return execFileSync("openssl", ["version"]).length > 0;
  } catch {
    return false;
  }
})();
const skip = hasOpenssl ? false : "openssl is not on PATH: install it (apt-get install openssl)";
let folder: string;
let connection: Connection;

before(async () => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), "pulumi-pg-migrations-tls-"));
  chmodSync(folder, 0o755);
  const certificate = join(folder, "server.pem");
  const key = join(folder, "server.key");
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=db.example"].concat(
      ["-addext", "subjectAltName=DNS:db.example"],
      ["-keyout", key, "-out", certificate],
    ),
    { stdio: "ignore" },
  );
  chmodSync(key, 0o600);
  const account = await unprivilegedAccount();
  if (account !== undefined) chownSync(key, account.uid, account.gid);
  const settings = { ssl: "on", ssl_cert_file: certificate, ssl_key_file: key, fsync: "off" };
  const { host, port, user, password } = await startEmbeddedServer({ name: serverName, settings });
  connection = { host, port, user, password, database: "postgres" };
});

after(async () => {
  if (!hasOpenssl) return;
  await stopEmbeddedServer(serverName);
  rmSync(folder, { recursive: true });
});

async function usesTls(options: Connection): Promise<boolean> {
  const database = await connect({ ...connection, ...options });
  try {
    const [row] = await database.query<{ ssl: boolean }>(
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    return row?.ssl ?? false;
  } finally {
    await database.close();
  }
}

test("verify-full accepts the server behind a tunnel by the name in its certificate", { skip }, async () => {
  const tlsCaFile = join(folder, "server.pem");
  assert.equal(await usesTls({ tlsCaFile, tlsServerName: "db.example" }), true);
  assert.equal(await usesTls({ tlsCa: readFileSync(tlsCaFile, "utf8"), tlsServerName: "db.example" }), true);
});

test("verify-full refuses another name and an unknown authority, and says so", { skip }, async () => {
  const tlsCaFile = join(folder, "server.pem");
  await assert.rejects(
    usesTls({ tlsCaFile, tlsServerName: "other.example" }),
    /other\.example.*set tlsServerName/s,
  );
  await assert.rejects(
    usesTls({ tls: "verify-full", tlsServerName: "db.example" }),
    /self-signed certificate.*Set tlsCaFile/s,
  );
});

test("require encrypts without verifying, and disable does not encrypt", { skip }, async () => {
  assert.equal(await usesTls({ tls: "require" }), true);
  assert.equal(await usesTls({ tls: "disable" }), false);
  const tlsCaFile = join(folder, "server.pem");
  assert.equal(await usesTls({ tls: "require", tlsCaFile, tlsServerName: "other.example" }), true);
});

test("a missing certificate file is named", { skip }, async () => {
  await assert.rejects(
    usesTls({ tlsCaFile: join(folder, "none.pem") }),
    /none\.pem, named by tlsCaFile or sslrootcert, cannot be read/,
  );
});
