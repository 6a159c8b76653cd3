-- +goose Up
-- A key in another spelling is the same key, also when two come with it at the same instant.
CREATE UNIQUE INDEX pipelines_spelling ON pipelines (lower(key));
CREATE UNIQUE INDEX courses_spelling ON courses (lower(key));
CREATE UNIQUE INDEX email_templates_spelling ON email_templates (lower(key));
CREATE UNIQUE INDEX segments_spelling ON segments (lower(key));

-- +goose Down
DROP INDEX segments_spelling;
DROP INDEX email_templates_spelling;
DROP INDEX courses_spelling;
DROP INDEX pipelines_spelling;
