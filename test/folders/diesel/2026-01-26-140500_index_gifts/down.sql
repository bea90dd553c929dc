DROP INDEX CONCURRENTLY gifts_campaign_id;
