import assert from "node:assert/strict";
import { test } from "node:test";
import type { Backup } from "../../../engine/index.ts";
import { providerOf } from "../../../resources/index.ts";
import { proveBackup, requireProvenBackups } from "../../../resources/proven-backups.ts";

const backup = (id: string): Backup => ({
  method: "rdsSnapshot",
  id,
  takenAt: "2026-11-01T00:00:00.000Z",
  durationMs: 1,
  sizeBytes: 1,
  verified: { by: "status" },
  restoreCommand: "restore",
});

test("a run does not begin with a backup that only state knows of, or with none", async () => {
  const { create } = providerOf("migration-run");
  for (const backups of [[backup("of-an-earlier-deployment")], [], undefined])
    await assert.rejects(
      create({ migrations: "not looked at", pending: ["2_gifts"], backups, requiredBackups: 1 }),
      /has not taken the backup that the pending migrations need.*--target.*Nothing was applied/,
    );
});

test("every backup of a list has to be proven by this deployment", async () => {
  const first = proveBackup(backup("first"));
  await requireProvenBackups([first], 1);
  await requireProvenBackups([], 0);
  await assert.rejects(requireProvenBackups([first, backup("second")], 2), /has not taken the 2 backups/);
  await requireProvenBackups([first, proveBackup(backup("second"))], 2);
});
