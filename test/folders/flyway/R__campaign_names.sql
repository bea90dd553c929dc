CREATE OR REPLACE VIEW campaign_names AS SELECT id, title FROM campaigns;
