-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY gifts_campaign_id ON gifts (campaign_id);

-- +goose Down
DROP INDEX CONCURRENTLY gifts_campaign_id;
