-- +goose Up
ALTER TABLE games ADD COLUMN platform TEXT NOT NULL DEFAULT 'PC';
CREATE INDEX games_by_platform ON games (platform);

-- +goose Down
DROP INDEX games_by_platform;
ALTER TABLE games DROP COLUMN platform;
