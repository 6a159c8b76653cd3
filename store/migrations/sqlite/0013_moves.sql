-- +goose Up
-- What a publication says about those whom it moves, once for all of them.
CREATE TABLE moves (
  id text PRIMARY KEY,
  last_id text NOT NULL,
  workflow text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  map text NOT NULL,
  on_missing text NOT NULL,
  retime text NOT NULL,
  person text NOT NULL,
  created_at timestamp NOT NULL
);
CREATE INDEX moves_last ON moves (last_id);
-- The move on which an enrollment is; '' for none.
ALTER TABLE enrollments ADD COLUMN move_id text NOT NULL DEFAULT '';
CREATE INDEX enrollments_moving ON enrollments (move_id, id) WHERE active AND move_id <> '';
-- Since when an open step is carried on by another version, and whether its due instant is that of the one before.
ALTER TABLE steps ADD COLUMN moved_at timestamp;
ALTER TABLE steps ADD COLUMN kept boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE steps DROP COLUMN kept;
ALTER TABLE steps DROP COLUMN moved_at;
DROP INDEX enrollments_moving;
ALTER TABLE enrollments DROP COLUMN move_id;
DROP INDEX moves_last;
DROP TABLE moves;
