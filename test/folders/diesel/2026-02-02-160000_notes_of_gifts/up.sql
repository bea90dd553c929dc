-- What the donor wrote; may be empty.
ALTER TABLE gifts ADD COLUMN note text NOT NULL DEFAULT '';

COMMENT ON COLUMN gifts.note IS 'may hold ; as well';
