CREATE OR REPLACE VIEW campaign_totals AS SELECT campaign_id, sum(cents) AS cents FROM gifts GROUP BY campaign_id;
