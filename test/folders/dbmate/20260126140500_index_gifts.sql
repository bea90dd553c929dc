-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY gifts_campaign_id ON gifts (campaign_id);

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY gifts_campaign_id;
