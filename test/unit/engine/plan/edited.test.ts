import assert from "node:assert/strict";
import { test } from "node:test";
import { type FolderFormat, planRun, readFolder } from "../../../../engine/index.ts";
import { requireSoundPlan } from "../../../../engine/plan/plan-problems.ts";
import { createFiles } from "../../../migration-folder.ts";

const withoutChecksums: Partial<Record<FolderFormat, Record<string, string>>> = {
  goose: { "1_a.sql": "-- +goose Up\nSELECT 1;" },
  dbmate: { "1_a.sql": "-- migrate:up\nSELECT 1;\n-- migrate:down\n" },
  "golang-migrate": { "1_a.up.sql": "SELECT 1" },
  "node-pg-migrate": { "1_a.sql": "-- Up Migration\nSELECT 1;" },
  supabase: { "20260101000000_a.sql": "SELECT 1" },
};
const withChecksums: Partial<Record<FolderFormat, Record<string, string>>> = {
  prisma: { "1_a/migration.sql": "SELECT 1" },
  flyway: { "V1__a.sql": "SELECT 1" },
  numbered: { "001_a.sql": "SELECT 1" },
};

for (const [format, files] of Object.entries({ ...withoutChecksums, ...withChecksums }))
  test(`edited: refuse is ${format in withChecksums ? "kept" : "an error"} for ${format}`, async (t) => {
    const folder = await readFolder({ dir: await createFiles(t, files), format: format });
    const look = async (edited: "refuse" | "warn"): Promise<unknown> =>
      requireSoundPlan(await planRun({ folder, options: { edited } }), folder);
    await look("warn");
    if (format in withChecksums) await look("refuse");
    else
      await assert.rejects(look("refuse"), {
        message: `edited: refuse is not possible for ${format}: its ledger holds no checksums, so an edited script goes unnoticed. Remove edited.`,
      });
  });
