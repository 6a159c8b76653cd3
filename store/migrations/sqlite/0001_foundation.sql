-- +goose Up
CREATE TABLE accounts (
  id text PRIMARY KEY,
  name text NOT NULL,
  timezone text NOT NULL,
  currency text NOT NULL,
  hourly_cost real NOT NULL,
  default_consent text NOT NULL,
  mail_from text NOT NULL,
  frequency_cap text,
  updated_at timestamp NOT NULL
);

CREATE TABLE meta (
  key text PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE counters (
  key text PRIMARY KEY,
  value integer NOT NULL
);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  name text NOT NULL,
  person text NOT NULL,
  prefix text NOT NULL,
  hash blob NOT NULL UNIQUE,
  scopes text NOT NULL,
  created_at timestamp NOT NULL,
  last_used_at timestamp,
  expires_at timestamp,
  revoked_at timestamp
);

CREATE TABLE audits (
  id text PRIMARY KEY,
  at timestamp NOT NULL,
  person text NOT NULL,
  key_id text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail text
);
CREATE INDEX audits_subject ON audits (subject, id);

CREATE TABLE workers (
  id text PRIMARY KEY,
  version integer NOT NULL,
  last_seen timestamp NOT NULL
);

CREATE TABLE idempotency_keys (
  key text NOT NULL,
  route text NOT NULL,
  body_hash text NOT NULL,
  status integer NOT NULL,
  header text,
  response blob,
  created_at timestamp NOT NULL,
  PRIMARY KEY (key, route)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE secrets (
  name text PRIMARY KEY,
  cipher blob NOT NULL,
  nonce blob NOT NULL,
  updated_at timestamp NOT NULL
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
