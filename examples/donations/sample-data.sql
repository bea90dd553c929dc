-- Data for the first three migrations, the same at every run: ids are derived from names, nothing is random.
--   12 campaigns, 60 targets, 36 escrows, 250 donors, 900 gifts.

INSERT INTO "campaigns" ("id", "slug", "title", "createdAt")
SELECT md5('campaign ' || n)::uuid, lower(place) || '-' || n, 'Clean water for ' || place, timestamp '2026-01-15' + n * interval '9 days'
FROM unnest(ARRAY['Arusha', 'Bergen', 'Cusco', 'Dhaka', 'Essen', 'Fes', 'Goma', 'Hue', 'Izmir', 'Jaffna', 'Kyoto', 'Lagos'])
  WITH ORDINALITY AS places (place, n);

-- Five of each campaign: the first three approved, one reviewed and waiting, one still a draft.
INSERT INTO "campaign_targets" ("id", "campaignId", "title", "goalCents", "status", "createdAt")
SELECT md5('target ' || c || '/' || t)::uuid, md5('campaign ' || c)::uuid,
       (ARRAY['Well', 'Pump', 'Filter', 'Tank', 'School tap'])[t] || ' ' || c,
       (c * 7 % 5 + t) * 100000,
       (ARRAY['APPROVED', 'APPROVED', 'APPROVED', 'REVIEWED', 'DRAFT'])[t]::"TargetStatus",
       timestamp '2026-01-16' + c * interval '9 days'
FROM generate_series(1, 12) AS c, generate_series(1, 5) AS t;

-- One escrow for each approved target. Those of the oldest campaign are paid out and closed.
INSERT INTO "escrows" ("id", "targetId", "openedAt", "closedAt")
SELECT md5('escrow ' || "title")::uuid, "id", "createdAt" + interval '1 day',
       CASE WHEN "campaignId" = md5('campaign 1')::uuid THEN timestamp '2026-08-31' END
FROM "campaign_targets" WHERE "status" = 'APPROVED';

INSERT INTO "donors" ("id", "email", "name")
SELECT md5('donor ' || n)::uuid, 'donor' || n || '@example.org', 'Donor ' || n
FROM generate_series(1, 250) AS n;

INSERT INTO "gifts" ("id", "donorId", "targetId", "amountCents", "givenAt")
SELECT md5('gift ' || n)::uuid, md5('donor ' || n * 17 % 250 + 1)::uuid,
       md5('target ' || n % 12 + 1 || '/' || n / 12 % 3 + 1)::uuid,
       (n * 13 % 40 + 1) * 250, timestamp '2026-04-01' + n * interval '3 hours'
FROM generate_series(1, 900) AS n;

UPDATE "escrows" SET "balanceCents" = given.total
FROM (SELECT "targetId", sum("amountCents") AS total FROM "gifts" GROUP BY "targetId") AS given
WHERE given."targetId" = "escrows"."targetId";
