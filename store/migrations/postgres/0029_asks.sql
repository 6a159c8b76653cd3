-- +goose Up
-- One row for each person who is asked by a visit to an approval; its id is in the link of the mail.
CREATE TABLE asks (
  id text PRIMARY KEY,
  enrollment_id text NOT NULL,
  node text NOT NULL,
  visit integer NOT NULL,
  address text NOT NULL,
  state text NOT NULL,
  error text NOT NULL,
  decision text NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  decided_at timestamptz
);
CREATE UNIQUE INDEX asks_address ON asks (enrollment_id, node, visit, address);
-- The first decision about a question is the only one.
CREATE UNIQUE INDEX asks_decision ON asks (enrollment_id, node, visit) WHERE decision <> '';

-- +goose Down
DROP TABLE asks;
