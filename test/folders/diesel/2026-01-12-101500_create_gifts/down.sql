DROP TABLE gifts;
DELETE FROM campaigns;
