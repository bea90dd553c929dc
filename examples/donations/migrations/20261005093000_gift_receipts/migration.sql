-- CreateTable
CREATE TABLE "receipts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "giftId" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "issuedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "receipts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "receipts_giftId_key" ON "receipts"("giftId");

-- AddForeignKey
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_giftId_fkey" FOREIGN KEY ("giftId") REFERENCES "gifts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A receipt for every gift so far, numbered in the order in which they were given.
INSERT INTO "receipts" ("giftId", "issuedAt") SELECT "id", "givenAt" FROM "gifts" ORDER BY "givenAt", "id";
