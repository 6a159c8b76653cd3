-- +goose Up
-- The secret address of each mail provider that reports what became of mails, and what came there.
CREATE TABLE mail_hooks (
  provider text PRIMARY KEY,
  token_hash blob NOT NULL UNIQUE,
  cipher blob NOT NULL,
  nonce blob NOT NULL,
  updated_at timestamp NOT NULL,
  accepted bigint NOT NULL DEFAULT 0,
  ignored bigint NOT NULL DEFAULT 0,
  last_at timestamp,
  last_ignored text NOT NULL DEFAULT ''
);

-- +goose Down
DROP TABLE mail_hooks;
