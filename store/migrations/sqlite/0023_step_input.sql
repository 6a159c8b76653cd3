-- +goose Up
ALTER TABLE steps ADD COLUMN input text;

-- +goose Down
ALTER TABLE steps DROP COLUMN input;
