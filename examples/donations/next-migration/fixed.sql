-- Approve the targets that have been reviewed.
UPDATE "campaign_targets" SET "status" = 'APPROVED' WHERE "status" = 'REVIEWED';

-- Open an escrow for every approved target that has none.
INSERT INTO "escrows" ("targetId")
SELECT "id" FROM "campaign_targets"
WHERE "status" = 'APPROVED'
  AND "id" NOT IN (SELECT "targetId" FROM "escrows");
