-- +goose Up
-- Times of which the store knows nothing, because it came back from a backup.
CREATE TABLE gaps (
  id text PRIMARY KEY,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  person text NOT NULL,
  created_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE gaps;
