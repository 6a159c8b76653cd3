-- +goose Up
CREATE TABLE backtests (
  id text NOT NULL PRIMARY KEY,
  workflow text NOT NULL,
  version bigint NOT NULL,
  hash text NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  tally jsonb NOT NULL,
  person text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX backtests_workflow ON backtests (workflow, id);

-- +goose Down
DROP TABLE backtests;
