// Package store keeps the games in one SQLite file, and brings its schema along.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var files embed.FS

// ErrTaken is returned for a title that is there already.
var ErrTaken = errors.New("a game of this title is there already")

// Game is a row as users see it.
type Game struct {
	ID       int64  `json:"id"`
	Title    string `json:"title"`
	Platform string `json:"platform"`
	AddedAt  string `json:"addedAt"`
}

// Store is safe for concurrent use.
type Store struct {
	db       *sql.DB
	provider *goose.Provider
}

// Open opens or creates the file. What is acknowledged is on the disk, and a second process (a migration) is waited for.
func Open(path string) (*Store, error) {
	pragmas := "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	db, err := sql.Open("sqlite", "file:"+path+"?"+pragmas)
	if err != nil {
		return nil, err
	}
	folder, err := fs.Sub(files, "migrations")
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db: db, provider: provider}, nil
}

// Close lets SQLite write its log into the file.
func (s *Store) Close() error { return s.db.Close() }

// Brings is the schema that this program knows.
func (s *Store) Brings() int64 {
	sources := s.provider.ListSources()
	return sources[len(sources)-1].Version
}

// Schema is the one that the file has.
func (s *Store) Schema(ctx context.Context) (int64, error) { return s.provider.GetDBVersion(ctx) }

// Up takes the file to the schema that this program knows.
func (s *Store) Up(ctx context.Context) error {
	_, err := s.provider.Up(ctx)
	return err
}

// DownTo takes it back to an older one.
func (s *Store) DownTo(ctx context.Context, version int64) error {
	_, err := s.provider.DownTo(ctx, version)
	return err
}

// Vacuum gives the space of what was deleted back, and refreshes what queries are planned by.
func (s *Store) Vacuum(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, "VACUUM; PRAGMA optimize")
	return err
}

// Add returns the game with its number, or ErrTaken.
func (s *Store) Add(ctx context.Context, title, platform string) (Game, error) {
	game := Game{Title: title, Platform: platform}
	row := s.db.QueryRowContext(ctx,
		"INSERT INTO games (title, platform) VALUES (?, ?) RETURNING id, added_at", title, platform)
	err := row.Scan(&game.ID, &game.AddedAt)
	var failed *sqlite.Error
	if errors.As(err, &failed) && failed.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return game, ErrTaken
	}
	return game, err
}

// All lists the games, the oldest first.
func (s *Store) All(ctx context.Context) ([]Game, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, title, platform, added_at FROM games ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list games: %w", err)
	}
	defer rows.Close()
	games := []Game{}
	for rows.Next() {
		var game Game
		if err := rows.Scan(&game.ID, &game.Title, &game.Platform, &game.AddedAt); err != nil {
			return nil, err
		}
		games = append(games, game)
	}
	return games, rows.Err()
}
