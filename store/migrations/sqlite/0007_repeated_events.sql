-- +goose Up
ALTER TABLE events ADD COLUMN repeated boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE events DROP COLUMN repeated;
