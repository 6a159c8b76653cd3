-- +goose Up
CREATE TABLE sessions (
  token_hash blob PRIMARY KEY,
  data blob NOT NULL,
  created_at timestamp NOT NULL,
  deadline timestamp NOT NULL,
  expires_at timestamp NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- +goose Down
DROP TABLE sessions;
