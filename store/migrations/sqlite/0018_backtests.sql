-- +goose Up
CREATE TABLE backtests (
  id text NOT NULL PRIMARY KEY,
  workflow text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  from_at datetime NOT NULL,
  to_at datetime NOT NULL,
  tally text NOT NULL,
  person text NOT NULL,
  created_at datetime NOT NULL
);
CREATE INDEX backtests_workflow ON backtests (workflow, id);

-- +goose Down
DROP TABLE backtests;
