-- +goose Up
CREATE TABLE job_payloads (
  job_id text NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  n bigint NOT NULL,
  piece bytea NOT NULL,
  PRIMARY KEY (job_id, n)
);
ALTER TABLE jobs DROP COLUMN payload;

-- +goose Down
ALTER TABLE jobs ADD COLUMN payload bytea;
DROP TABLE job_payloads;
