// Package api answers over HTTP.
package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"pelico/internal/store"
	"pelico/internal/version"
)

const longestBody = 64 << 10

// Handler serves the games of a store.
func Handler(games *store.Store) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Pelico</title><h1>Pelico</h1><p>The games on the shelf: <a href=/api/v1/games>list</a>"))
	})
	mux.HandleFunc("GET /api/v1/version", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"version": version.Version, "commit": version.Commit})
	})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) { health(w, r, games) })
	mux.HandleFunc("GET /api/v1/games", func(w http.ResponseWriter, r *http.Request) {
		all, err := games.All(r.Context())
		if err != nil {
			fail(w, r, err)
			return
		}
		answer(w, http.StatusOK, all)
	})
	mux.HandleFunc("POST /api/v1/games", func(w http.ResponseWriter, r *http.Request) { add(w, r, games) })
	return mux
}

// health is good when the file can be read and has at least the schema that this program needs.
func health(w http.ResponseWriter, r *http.Request, games *store.Store) {
	schema, err := games.Schema(r.Context())
	switch {
	case err != nil:
		fail(w, r, err)
	case schema < games.Brings():
		answer(w, http.StatusServiceUnavailable, map[string]any{"status": "the schema is older than this program", "schema": schema})
	default:
		answer(w, http.StatusOK, map[string]any{"status": "ok", "schema": schema})
	}
}

func add(w http.ResponseWriter, r *http.Request, games *store.Store) {
	var wanted struct{ Title, Platform string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, longestBody)).Decode(&wanted); err != nil {
		answer(w, http.StatusBadRequest, problem("send JSON like {\"title\": \"Outer Wilds\"}"))
		return
	}
	title := strings.TrimSpace(wanted.Title)
	if title == "" {
		answer(w, http.StatusBadRequest, problem("title is empty"))
		return
	}
	if wanted.Platform == "" {
		wanted.Platform = "PC"
	}
	game, err := games.Add(r.Context(), title, wanted.Platform)
	switch {
	case errors.Is(err, store.ErrTaken):
		answer(w, http.StatusConflict, problem(err.Error()))
	case err != nil:
		fail(w, r, err)
	default:
		answer(w, http.StatusCreated, game)
	}
}

func problem(text string) map[string]string { return map[string]string{"error": text} }

func fail(w http.ResponseWriter, r *http.Request, err error) {
	slog.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	answer(w, http.StatusInternalServerError, problem("the database does not answer"))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
