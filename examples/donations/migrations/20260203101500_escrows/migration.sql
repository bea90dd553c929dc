-- CreateTable
CREATE TABLE "escrows" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "targetId" UUID NOT NULL,
    "balanceCents" BIGINT NOT NULL DEFAULT 0,
    "openedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closedAt" TIMESTAMP(3),

    CONSTRAINT "escrows_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "escrows_targetId_idx" ON "escrows"("targetId");

-- AddForeignKey
ALTER TABLE "escrows" ADD CONSTRAINT "escrows_targetId_fkey" FOREIGN KEY ("targetId") REFERENCES "campaign_targets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
