-- +goose Up
CREATE TABLE job_payloads (
  job_id text NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  n integer NOT NULL,
  piece blob NOT NULL,
  PRIMARY KEY (job_id, n)
);
ALTER TABLE jobs DROP COLUMN payload;

-- +goose Down
ALTER TABLE jobs ADD COLUMN payload blob;
DROP TABLE job_payloads;
