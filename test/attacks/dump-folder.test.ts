import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readFile, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  completeLogicalBackup,
  connect,
  copyDatabase,
  findLogicalBackup,
  identifyLogicalBackup,
} from "../../engine/index.ts";
import { createAws } from "../aws/aws.ts";
import { useDumpableServer } from "../dumpable-server.ts";
import {
  createSource,
  dumpOrFail,
  refusal,
  runDump,
  type Source,
  takeBackup,
  temporaryFolder,
} from "../integration/backup/logical-backup/taken-backup.ts";
import { copiesOf, sourceDatabase } from "../integration/backup/source-database.ts";

useDumpableServer();

const longAgo = "2020-01-01T00:00:00.000Z";

/** A manifest of an old backup of this database, as someone would write it who wants something deleted. */
async function manifestOf(id: string, changes: object): Promise<string> {
  const manifest = JSON.parse(await readFile(`${id}.json`, "utf8")) as object;
  return JSON.stringify({ ...manifest, takenAt: longAgo, ...changes });
}

function oldName({ connection }: Source, milliseconds: number): string {
  return `${connection.database}-x-20200101t000000${String(milliseconds).padStart(3, "0")}z.dump`;
}

/**
 * A source whose dumps go deep into a folder of the test, with a folder beside them that must stay. If a defence is missing,
 * what is deleted above the dumps is still the test's own.
 */
async function createSandbox(t: TestContext): Promise<Source & { victim: string }> {
  const sandbox = await temporaryFolder(t);
  const above = join(sandbox, "one/two/three/four");
  const [folder, victim] = [join(above, "dumps"), join(above, "victim")];
  for (const path of [folder, victim]) await mkdir(path, { recursive: true, mode: 0o700 });
  await writeFile(join(victim, "precious"), "");
  const source = await createSource(t);
  return { ...source, folder, victim, request: { ...source.request, target: { directory: folder } } };
}

test("retention deletes nothing outside the folder, whatever a manifest or a link says", async (t) => {
  const source = await createSandbox(t);
  const { folder, request, victim } = source;
  const { id } = await takeBackup(request);
  // None leads further up than the folder of the test, which this would otherwise delete in earnest.
  const names = ["../victim", "..", ".", "", "../../x", "./../victim", "\u001b[2J", "a\nb"];
  for (const [at, name] of names.entries()) {
    await writeFile(join(folder, oldName(source, at)), "");
    await writeFile(join(folder, `${oldName(source, at)}.json`), await manifestOf(id, { name }));
  }
  const linked = oldName(source, 100);
  await symlink(victim, join(folder, linked));
  await writeFile(join(folder, `${linked}.json`), await manifestOf(id, { name: linked }));
  const [file, unfinished] = [oldName(source, 101), `${oldName(source, 102)}.unfinished`];
  await symlink(join(victim, "precious"), join(folder, file));
  await symlink(victim, join(folder, unfinished));
  const said: string[] = [];
  await takeBackup({ ...request, retain: 1, retentionDays: 0 }, { onProgress: (line) => said.push(line) });
  assert.deepEqual(await readdir(victim), ["precious"]);
  const left = await readdir(folder);
  assert.ok(
    [linked, file, unfinished].every((name) => left.includes(name)),
    left.join(),
  );
  assert.match(said.join("\n"), /is a link, a mount or another user's/);
});

test("a link within an archive is neither read nor followed", async (t) => {
  const { request, folder, victim } = await createSandbox(t);
  const asFolder = { ...request, format: "directory" } as const;
  const identity = await identifyLogicalBackup(asFolder);
  await dumpOrFail(asFolder, identity);
  await rename(join(identity.temporaryPath, "toc.dat"), join(victim, "toc.dat"));
  await symlink(join(victim, "toc.dat"), join(identity.temporaryPath, "toc.dat"));
  await assert.rejects(
    completeLogicalBackup(asFolder, identity),
    refusal("ARCHIVE_UNREADABLE", /toc\.dat is a link/),
  );
  assert.deepEqual((await readdir(victim)).sort(), ["precious", "toc.dat"]);
  assert.deepEqual(await readdir(folder), []);
});

test("a folder that others can write to, own or replace is refused", async (t) => {
  const { request, folder, connection } = await createSource(t);
  const { id } = await takeBackup(request);
  const identity = await identifyLogicalBackup({ ...request, reuseMinutes: 0 });
  for (const mode of [0o777, 0o1777, 0o770, 0o702]) {
    await chmod(folder, mode);
    await assert.rejects(
      identifyLogicalBackup(request),
      refusal("TARGET_UNSAFE", /can be written to by other users/),
    );
    const { code, output } = await runDump(request, identity);
    assert.equal(code, 1);
    assert.match(output, /others may write to it/);
  }
  await assert.rejects(
    findLogicalBackup({ location: id, connection }),
    refusal("TARGET_UNSAFE", /chmod go-w/),
  );
  await chmod(folder, 0o700);
  await chmod(id, 0o666);
  await assert.rejects(
    findLogicalBackup({ location: id, connection }),
    refusal("TARGET_UNSAFE", /chmod -R go-w/),
  );
  const parent = await temporaryFolder(t);
  await chmod(parent, 0o777);
  for (const directory of [join(parent, "backups"), join(parent, "a/b")])
    await assert.rejects(
      identifyLogicalBackup({ ...request, target: { directory } }),
      refusal("TARGET_UNSAFE", /can be replaced by users who can write to/),
    );
  if (process.getuid?.() !== 0) return;
  await chown(folder, 65_534, 65_534);
  await assert.rejects(identifyLogicalBackup(request), refusal("TARGET_UNSAFE", /belongs to another user/));
  await chown(folder, 0, 0);
});

test("a backup of another user in the folder is not taken for one", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("only root can make files of another user");
  const source = await createSource(t);
  const { id } = await takeBackup(source.request);
  const planted = oldName(source, 1);
  await writeFile(join(source.folder, planted), "");
  await writeFile(join(source.folder, `${planted}.json`), await manifestOf(id, { name: planted }));
  await chown(join(source.folder, planted), 65_534, 65_534);
  await takeBackup({ ...source.request, retain: 1, retentionDays: 0 });
  assert.ok((await readdir(source.folder)).includes(planted));
});

test("names that no terminal should print are left alone", async (t) => {
  const source = await createSource(t);
  const { folder, request } = source;
  const strange = [
    "a\nb.dump.json",
    "\u001b]0;x\u0007.unfinished",
    `${oldName(source, 1)}\n.json`,
    "-rf",
    "$(id).dump",
  ];
  for (const name of strange) await writeFile(join(folder, name), "{}");
  await mkdir(join(folder, "..dump"));
  const said: string[] = [];
  await takeBackup({ ...request, retain: 1, retentionDays: 0 }, { onProgress: (line) => said.push(line) });
  const left = await readdir(folder);
  assert.ok(
    [...strange, "..dump"].every((name) => left.includes(name)),
    left.join(),
  );
  assert.ok(!said.join("").includes("\u001b"));
});

test("the names that pg_dump writes to cannot be foreseen", async (t) => {
  const { request } = await createSource(t);
  const paths = [await identifyLogicalBackup(request), await identifyLogicalBackup(request)];
  assert.ok(paths.every(({ temporaryPath }) => /\.dump\.[0-9a-f]{16}\.unfinished$/.test(temporaryPath)));
  assert.notEqual(paths[0]?.temporaryPath.slice(-27), paths[1]?.temporaryPath.slice(-27));
});

test("retention at S3 deletes only keys of the backup whose manifest was read", async (t) => {
  const aws = await createAws(t);
  Object.assign(process.env, aws.environment);
  const Bucket = `backups-${randomBytes(4).toString("hex")}`;
  await aws.s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
  );
  const source = await createSource(t);
  const stagingDirectory = await temporaryFolder(t);
  const access = { region: aws.region, endpoints: { s3: aws.endpoint } };
  const target = { bucket: Bucket, prefix: "app/", stagingDirectory, aws: access };
  const local = await takeBackup(source.request);
  const put = (Key: string, Body: string) => aws.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const precious = ["app/precious", "other/precious", "precious", "app/precious.json"];
  for (const key of precious) await put(key, "x");
  for (const [at, name] of ["precious", "../precious", "../other/precious", ""].entries()) {
    await put(`app/${oldName(source, at)}`, "x");
    await put(`app/${oldName(source, at)}.json`, await manifestOf(local.id, { name }));
  }
  await takeBackup({ ...source.request, target, retain: 1, retentionDays: 0 });
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket }));
  const keys = Contents.map(({ Key = "" }) => Key);
  assert.deepEqual(
    precious.filter((key) => !keys.includes(key)),
    [],
  );
  // Downloads stay where they are put.
  for (const key of ["app/..", "..", "app"])
    await assert.rejects(
      findLogicalBackup({
        location: `s3://${Bucket}/${key}`,
        connection: source.connection,
        stagingDirectory,
        aws: access,
      }),
    );
  assert.deepEqual(await readdir(stagingDirectory), []);
});

test("copies that another owner has marked push no real copy beyond retention", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const role = `copier_${process.pid}`;
  const source = connection.database;
  await maintenance.execute(`CREATE ROLE ${role}`);
  const real = await copyDatabase({ connection, retain: 1 });
  const planted = `${source}_copy_2099`;
  await maintenance.execute(`CREATE DATABASE "${planted}" OWNER ${role}`);
  t.after(async () => {
    const session = await connect({ ...connection, database: "postgres" });
    await session.execute(`DROP DATABASE IF EXISTS "${planted}"`);
    await session.execute(`DROP ROLE ${role}`);
    await session.close();
  });
  await maintenance.execute(
    `COMMENT ON DATABASE "${planted}" IS
       'pulumi-pg-migrations: copy "${planted}" of "${source}" taken 2099-01-01T00:00:00.000Z at ledger position 9'`,
  );
  const next = await copyDatabase({ connection, retain: 2 });
  const left = await copiesOf(maintenance, source);
  assert.ok(left.includes(real.id) && left.includes(next.id), left.join());
  assert.ok(left.includes(planted));
});
