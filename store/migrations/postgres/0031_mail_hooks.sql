-- +goose Up
-- The secret address of each mail provider that reports what became of mails, and what came there.
CREATE TABLE mail_hooks (
  provider text PRIMARY KEY,
  token_hash bytea NOT NULL UNIQUE,
  cipher bytea NOT NULL,
  nonce bytea NOT NULL,
  updated_at timestamptz NOT NULL,
  accepted bigint NOT NULL DEFAULT 0,
  ignored bigint NOT NULL DEFAULT 0,
  last_at timestamptz,
  last_ignored text NOT NULL DEFAULT ''
);

-- +goose Down
DROP TABLE mail_hooks;
