package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
)

const (
	databaseTimeout = 5 * time.Second
	createVisits    = "CREATE TABLE IF NOT EXISTS visits (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"
	undefinedTable  = "42P01"
	alreadyThere    = "23505" // two connections created the table in the same moment
)

type database struct {
	mutex sync.Mutex
	pool  *sql.DB
}

// setting is the value of an environment variable, or of the file that NAME_FILE names.
func setting(name string) string {
	if path := os.Getenv(name + "_FILE"); path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s_FILE: %v\n", name, err)
		}
		return strings.TrimRight(string(content), "\n")
	}
	return os.Getenv(name)
}

func databaseURL() (string, error) {
	if full := setting("DATABASE_URL"); full != "" {
		return full, nil
	}
	host := setting("DATABASE_HOST")
	if host == "" {
		return "", errors.New("no database: neither DATABASE_URL nor DATABASE_HOST is set")
	}
	port := setting("DATABASE_PORT")
	if port == "" {
		port = "5432"
	}
	address := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(setting("DATABASE_USER"), setting("DATABASE_PASSWORD")),
		Host:     net.JoinHostPort(host, port),
		Path:     setting("DATABASE_NAME"),
		RawQuery: "sslmode=disable",
	}
	return address.String(), nil
}

func (d *database) open() (*sql.DB, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.pool != nil {
		return d.pool, nil
	}
	address, err := databaseURL()
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(address)
	if err != nil {
		return nil, errors.New("the database's address is malformed")
	}
	d.pool = sql.OpenDB(connector)
	d.pool.SetMaxOpenConns(10)
	return d.pool, nil
}

func isCode(err error, code pq.ErrorCode) bool {
	var failure *pq.Error
	return errors.As(err, &failure) && failure.Code == code
}

func (d *database) create(ctx context.Context) error {
	pool, err := d.open()
	if err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, createVisits); err != nil && !isCode(err, alreadyThere) {
		return err
	}
	return nil
}

// visit records one visit and gives the number of all visits so far.
func (d *database) visit(ctx context.Context) (count int64, err error) {
	pool, err := d.open()
	if err != nil {
		return 0, err
	}
	_, err = pool.ExecContext(ctx, "INSERT INTO visits DEFAULT VALUES")
	if isCode(err, undefinedTable) {
		if err = d.create(ctx); err == nil {
			_, err = pool.ExecContext(ctx, "INSERT INTO visits DEFAULT VALUES")
		}
	}
	if err == nil {
		err = pool.QueryRowContext(ctx, "SELECT count(*) FROM visits").Scan(&count)
	}
	return count, err
}

func (app *application) visits(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), databaseTimeout)
	defer cancel()
	count, err := app.database.visit(ctx)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	answer(w, map[string]any{"visits": count})
}

func migrate(version string, behaves behaviours) error {
	if behaves.has("migration-fails") {
		return errors.New("migration failed, as asked")
	}
	ctx, cancel := context.WithTimeout(context.Background(), databaseTimeout)
	defer cancel()
	if err := (&database{}).create(ctx); err != nil {
		return err
	}
	fmt.Printf("migrated %s\n", version)
	return nil
}
