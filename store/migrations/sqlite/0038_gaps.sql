-- +goose Up
-- Times of which the store knows nothing, because it came back from a backup.
CREATE TABLE gaps (
  id text PRIMARY KEY,
  from_at timestamp NOT NULL,
  to_at timestamp NOT NULL,
  person text NOT NULL,
  created_at timestamp NOT NULL
);

-- +goose Down
DROP TABLE gaps;
