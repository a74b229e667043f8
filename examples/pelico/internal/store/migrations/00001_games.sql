-- +goose Up
CREATE TABLE games (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL UNIQUE,
    added_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);

-- +goose Down
DROP TABLE games;
