-- no-transaction
CREATE INDEX CONCURRENTLY gifts_campaign_id ON gifts (campaign_id);
