-- +goose Up
CREATE TABLE hooks (
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  trigger_id text NOT NULL,
  token_hash blob NOT NULL UNIQUE,
  cipher blob NOT NULL,
  nonce blob NOT NULL,
  created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL,
  PRIMARY KEY (workflow, trigger_id)
);

CREATE TABLE date_rules (
  id text PRIMARY KEY,
  workflow text NOT NULL REFERENCES workflows (key) ON DELETE CASCADE,
  trigger_id text NOT NULL,
  field text NOT NULL,
  shift text NOT NULL,
  at_time text NOT NULL,
  yearly boolean NOT NULL,
  timezone text NOT NULL,
  since timestamp NOT NULL,
  until timestamp,
  planned boolean NOT NULL
);
CREATE UNIQUE INDEX date_rules_open ON date_rules (workflow, trigger_id) WHERE until IS NULL;

CREATE TABLE date_plans (
  rule_id text NOT NULL REFERENCES date_rules (id) ON DELETE CASCADE,
  contact_id text NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  deal_id text NOT NULL,
  due_at timestamp,
  token text NOT NULL,
  lease_until timestamp,
  PRIMARY KEY (rule_id, contact_id, deal_id)
);
CREATE INDEX date_plans_due ON date_plans (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX date_plans_contact ON date_plans (contact_id);

CREATE TABLE contact_aliases (
  kind text NOT NULL,
  value text NOT NULL,
  contact_id text NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  created_at timestamp NOT NULL,
  PRIMARY KEY (kind, value)
);
CREATE INDEX contact_aliases_contact ON contact_aliases (contact_id);

-- +goose Down
DROP TABLE contact_aliases;
DROP TABLE date_plans;
DROP TABLE date_rules;
DROP TABLE hooks;
