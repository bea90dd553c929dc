CREATE TABLE gifts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id bigint NOT NULL REFERENCES campaigns (id),
  cents integer NOT NULL CHECK (cents > 0)
);
INSERT INTO campaigns (title) VALUES ('Roof; repairs'), ('Library');
INSERT INTO gifts (campaign_id, cents) SELECT id, 500 FROM campaigns;
