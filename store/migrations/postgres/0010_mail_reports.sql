-- +goose Up
CREATE TABLE mail_hits (
  id text PRIMARY KEY,
  send_id text NOT NULL REFERENCES sends (id) ON DELETE CASCADE,
  kind text NOT NULL,
  url text NOT NULL,
  machine boolean NOT NULL,
  recorded boolean NOT NULL,
  at timestamptz NOT NULL,
  ready_at timestamptz NOT NULL
);
CREATE INDEX mail_hits_send ON mail_hits (send_id);
CREATE INDEX mail_hits_ready ON mail_hits (ready_at, send_id) WHERE NOT recorded;
CREATE INDEX mail_hits_at ON mail_hits (at) WHERE recorded;

-- +goose Down
DROP TABLE mail_hits;
