// Command pelico keeps a list of games.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"pelico/internal/api"
	"pelico/internal/store"
	"pelico/internal/version"
)

const usage = "usage: pelico serve | migrate up | migrate down-to SCHEMA | migrate schema | vacuum | health"

// requestsEnd is how long requests in flight are given after SIGTERM.
const requestsEnd = 8 * time.Second

func main() {
	if err := run(os.Args[1:]); err != nil {
		slog.Error(err.Error())
		os.Exit(1)
	}
}

func run(words []string) error {
	if len(words) == 1 && words[0] == "health" {
		return asksHealth()
	}
	games, err := store.Open(env("PELICO_DATABASE", "/data/pelico.db"))
	if err != nil {
		return err
	}
	switch {
	case len(words) == 1 && words[0] == "serve":
		err = serve(games)
	case len(words) == 1 && words[0] == "vacuum":
		err = games.Vacuum(context.Background())
	case len(words) > 1 && words[0] == "migrate":
		err = migrate(games, words[1:])
	default:
		err = errors.New(usage)
	}
	return errors.Join(err, games.Close())
}

func migrate(games *store.Store, words []string) error {
	ctx := context.Background()
	switch {
	case words[0] == "up":
		return games.Up(ctx)
	case words[0] == "schema":
		fmt.Println(games.Brings())
		return nil
	case words[0] == "down-to" && len(words) == 2:
		schema, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not the number of a schema", words[1])
		}
		return games.DownTo(ctx, schema)
	}
	return errors.New(usage)
}

// serve runs until SIGTERM or SIGINT, and ends when the requests in flight are answered.
func serve(games *store.Store) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	server := &http.Server{Addr: ":" + env("PORT", "8080"), Handler: api.Handler(games), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	slog.Info("pelico serves", "version", version.Version, "commit", version.Commit, "address", server.Addr)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	slog.Info("pelico ends: no new requests, and those in flight finish")
	within, cancel := context.WithTimeout(context.Background(), requestsEnd)
	defer cancel()
	return server.Shutdown(within)
}

// asksHealth is the image's health check: it has no shell and no curl.
func asksHealth() error {
	client := http.Client{Timeout: 3 * time.Second}
	response, err := client.Get("http://127.0.0.1:" + env("PORT", "8080") + "/health")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("health answers %s", response.Status)
	}
	return nil
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
