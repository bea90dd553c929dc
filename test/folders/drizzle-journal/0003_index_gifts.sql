CREATE INDEX "gifts_campaign_id" ON "gifts" ("campaign_id");--> statement-breakpoint
ANALYZE "gifts";
