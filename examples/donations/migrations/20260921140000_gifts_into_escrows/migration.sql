-- Every gift lies in the escrow of its target: name it, so that a balance can be proved gift by gift.

-- AlterTable
ALTER TABLE "gifts" ADD COLUMN "escrowId" UUID;

-- Backfill
UPDATE "gifts" SET "escrowId" = "escrows"."id" FROM "escrows" WHERE "escrows"."targetId" = "gifts"."targetId";

-- CreateIndex
CREATE INDEX "gifts_escrowId_idx" ON "gifts"("escrowId");
