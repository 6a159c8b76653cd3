-- +goose Up
CREATE TABLE mail_hits (
  id text PRIMARY KEY,
  send_id text NOT NULL REFERENCES sends (id) ON DELETE CASCADE,
  kind text NOT NULL,
  url text NOT NULL,
  machine boolean NOT NULL,
  recorded boolean NOT NULL,
  at timestamp NOT NULL,
  ready_at timestamp NOT NULL
);
CREATE INDEX mail_hits_send ON mail_hits (send_id);
CREATE INDEX mail_hits_ready ON mail_hits (ready_at, send_id) WHERE NOT recorded;
CREATE INDEX mail_hits_at ON mail_hits (at) WHERE recorded;

CREATE TABLE silence_walks (
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  trigger_id text NOT NULL,
  position text NOT NULL,
  next_at timestamp NOT NULL,
  token text NOT NULL,
  lease_until timestamp,
  PRIMARY KEY (workflow, trigger_id)
);

CREATE TABLE silences (
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  trigger_id text NOT NULL,
  contact_id text NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  since text NOT NULL,
  PRIMARY KEY (workflow, trigger_id, contact_id)
);
CREATE INDEX silences_contact ON silences (contact_id);

-- +goose Down
DROP TABLE silences;
DROP TABLE silence_walks;
DROP TABLE mail_hits;
