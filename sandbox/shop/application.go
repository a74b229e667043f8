package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const secretsFolder = "/run/secrets/"

type application struct {
	version  string
	behaves  behaviours
	database *database
	sockets  sync.WaitGroup
	stopping context.Context
	stop     context.CancelFunc
}

func newApplication(version string, behaves behaviours) *application {
	stopping, stop := context.WithCancel(context.Background())
	return &application{version: version, behaves: behaves, database: &database{}, stopping: stopping, stop: stop}
}

func (app *application) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", app.index)
	mux.HandleFunc("GET /health", app.health)
	mux.HandleFunc("GET /api/v1/version", app.servedVersion)
	mux.HandleFunc("GET /checkout", app.checkout)
	mux.HandleFunc("GET /slow", app.slow)
	mux.HandleFunc("GET /download", app.download)
	mux.HandleFunc("POST /upload", app.upload)
	mux.HandleFunc("GET /ws", app.echo)
	mux.HandleFunc("GET /env", app.environment)
	mux.HandleFunc("GET /file", app.file)
	mux.HandleFunc("GET /visits", app.visits)
	mux.HandleFunc("GET /redis", app.redis)
	return mux
}

func (app *application) index(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, "shop %s\n", app.version)
}

func (app *application) health(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(app.behaves["slow-health"])
	if app.behaves.has("unhealthy") {
		http.Error(w, "unhealthy, as asked", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

func (app *application) servedVersion(w http.ResponseWriter, _ *http.Request) {
	version := app.version
	if app.behaves.has("wrong-version") {
		version = "2.9.9"
	}
	answer(w, map[string]any{"version": version})
}

func (app *application) checkout(w http.ResponseWriter, _ *http.Request) {
	if app.behaves.has("smoke-fails") {
		http.Error(w, "checkout is broken, as asked", http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "checkout %s\n", app.version)
}

func (app *application) environment(w http.ResponseWriter, r *http.Request) {
	value, set := os.LookupEnv(r.URL.Query().Get("name"))
	answer(w, fingerprint(set, []byte(value)))
}

func (app *application) file(w http.ResponseWriter, r *http.Request) {
	path := filepath.Clean(r.URL.Query().Get("path"))
	if !strings.HasPrefix(path, secretsFolder) {
		http.Error(w, "only files below "+secretsFolder, http.StatusForbidden)
		return
	}
	content, err := os.ReadFile(path)
	answer(w, fingerprint(err == nil, content))
}

// fingerprint tells whether a value is what one expects, without telling the value.
func fingerprint(set bool, value []byte) map[string]any {
	sum := sha256.Sum256(value)
	return map[string]any{"set": set, "sha256": hex.EncodeToString(sum[:]), "length": len(value)}
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}
