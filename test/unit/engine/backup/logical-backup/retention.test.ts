import assert from "node:assert/strict";
import { test } from "node:test";
import {
  archiveName,
  isArchiveName,
  timeOfArchive,
} from "../../../../../engine/backup/logical-backup/archive-name.ts";
import {
  makeManifest,
  parseManifest,
  printManifest,
} from "../../../../../engine/backup/logical-backup/manifest.ts";
import { expiredBackups } from "../../../../../engine/backup/logical-backup/retention.ts";

const now = new Date("2026-06-30T00:00:00Z");

function backup(day: number, changes: { database?: string; server?: string } = {}) {
  const takenAt = new Date(Date.UTC(2026, 5, day)).toISOString();
  return makeManifest({
    ...{ name: `${day}`, format: "custom", database: "app", server: "db:5432", serverVersion: "18.1" },
    ...{ pgDumpVersion: "18.1", position: "p", digest: "d", takenAt, expiresAt: takenAt },
    ...{ durationMs: 1, sizeBytes: 1, files: [], verified: { by: "archive" } },
    ...changes,
  });
}

test("the newest are kept, and of the others those that are young", () => {
  const manifests = [1, 20, 10, 29].map((day) => backup(day));
  const namesOf = (retain: number, retentionDays: number) =>
    expiredBackups(manifests, { database: "app", server: "db:5432", retain, retentionDays, now }).map(
      ({ name }) => name,
    );
  assert.deepEqual(namesOf(1, 0), ["20", "10", "1"]);
  assert.deepEqual(namesOf(2, 15), ["10", "1"]);
  assert.deepEqual(namesOf(1, 25), ["1"]);
  assert.deepEqual(namesOf(4, 0), []);
});

test("backups of another database or server neither count nor go", () => {
  const manifests = [backup(1), backup(2, { database: "other" }), backup(3, { server: "elsewhere:5432" })];
  const retention = { database: "app", server: "db:5432", retain: 1, retentionDays: 0, now };
  assert.deepEqual(expiredBackups(manifests, retention), []);
});

test("names are those of one database, tell their time, and hold nothing that a path or a shell would read", () => {
  const requestedAt = new Date("2026-11-21T09:30:00.123Z");
  assert.equal(
    archiveName({ database: "app", position: "20261120_gifts", requestedAt, format: "custom" }),
    "app-20261120_gifts-20261121t093000123z.dump",
  );
  const databases = ["app", "App", "app-2", "../../etc", "a b", "a_b", ".", "ü", "x".repeat(63), "$(rm)"];
  const names = databases.map((database) =>
    archiveName({ database, position: "p 1", requestedAt, format: "directory" }),
  );
  assert.equal(new Set(names).size, databases.length);
  for (const [index, name] of names.entries()) {
    assert.match(name, /^[\w~][\w~.-]*$/);
    assert.deepEqual(
      databases.filter((database) => isArchiveName(name, database)),
      [databases[index]],
    );
    assert.deepEqual(timeOfArchive(name), requestedAt);
  }
});

test("only manifests of this package are read", () => {
  const manifest = backup(1);
  assert.deepEqual(parseManifest(printManifest(manifest), manifest.name), manifest);
  for (const text of ["", "null", "{}", "[]", '{"madeBy":"someone"}', printManifest(manifest).slice(0, -20)])
    assert.equal(parseManifest(text, manifest.name), undefined);
  assert.equal(parseManifest(printManifest(manifest), "2"), undefined);
  const file = { bytes: 1, sha256: "0".repeat(64) };
  for (const change of [
    { name: ".." },
    { name: "a/b" },
    { name: "a\n" },
    { takenAt: "9999" },
    { sizeBytes: -1 },
    { files: [{ ...file, path: "../x" }] },
    { files: [{ ...file, path: "/etc/passwd" }] },
  ])
    assert.equal(parseManifest(JSON.stringify({ ...manifest, ...change }), change.name ?? "1"), undefined);
});
