-- +goose Up
CREATE TABLE accounts (
  id text PRIMARY KEY,
  name text NOT NULL,
  timezone text NOT NULL,
  currency text NOT NULL,
  hourly_cost double precision NOT NULL,
  default_consent text NOT NULL,
  mail_from text NOT NULL,
  frequency_cap jsonb,
  updated_at timestamptz NOT NULL
);

CREATE TABLE meta (
  key text PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE counters (
  key text PRIMARY KEY,
  value bigint NOT NULL
);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  name text NOT NULL,
  person text NOT NULL,
  prefix text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  scopes jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);

CREATE TABLE audits (
  id text PRIMARY KEY,
  at timestamptz NOT NULL,
  person text NOT NULL,
  key_id text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb
);
CREATE INDEX audits_subject ON audits (subject, id);

CREATE TABLE workers (
  id text PRIMARY KEY,
  version integer NOT NULL,
  last_seen timestamptz NOT NULL
);

CREATE TABLE idempotency_keys (
  key text NOT NULL,
  route text NOT NULL,
  body_hash text NOT NULL,
  status integer NOT NULL,
  header jsonb,
  response bytea,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (key, route)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE secrets (
  name text PRIMARY KEY,
  cipher bytea NOT NULL,
  nonce bytea NOT NULL,
  updated_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE secrets;
DROP TABLE idempotency_keys;
DROP TABLE workers;
DROP TABLE audits;
DROP TABLE api_keys;
DROP TABLE counters;
DROP TABLE meta;
DROP TABLE accounts;
