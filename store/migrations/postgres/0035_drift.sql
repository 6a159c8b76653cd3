-- +goose Up
-- Who has ended, by workflow, the newest first: what the shares of the last days are counted of.
CREATE INDEX enrollments_ended_of ON enrollments (workflow, ended_at, id) WHERE NOT active AND NOT test;

-- +goose Down
DROP INDEX enrollments_ended_of;
