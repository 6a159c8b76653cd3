-- +goose Up
CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY,
  data bytea NOT NULL,
  created_at timestamptz NOT NULL,
  deadline timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- +goose Down
DROP TABLE sessions;
