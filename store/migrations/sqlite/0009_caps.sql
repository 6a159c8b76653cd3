-- +goose Up
ALTER TABLE enrollments ADD COLUMN admitted_at timestamp;
UPDATE enrollments SET admitted_at = started_at;
CREATE INDEX enrollments_capped ON enrollments (workflow, id) WHERE active AND admitted_at IS NULL;
CREATE INDEX enrollments_admitted ON enrollments (workflow, admitted_at);
CREATE TABLE streams (
  key text PRIMARY KEY,
  next_at timestamp NOT NULL
);

-- +goose Down
DROP TABLE streams;
DROP INDEX enrollments_admitted;
DROP INDEX enrollments_capped;
ALTER TABLE enrollments DROP COLUMN admitted_at;
