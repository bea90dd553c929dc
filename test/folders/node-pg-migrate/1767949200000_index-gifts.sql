-- Up Migration
CREATE INDEX gifts_campaign_id ON gifts (campaign_id);

-- Down Migration
DROP INDEX gifts_campaign_id;
