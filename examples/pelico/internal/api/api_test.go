package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"pelico/internal/store"
	"pelico/internal/version"
)

func open(t *testing.T) (*store.Store, http.Handler) {
	t.Helper()
	games, err := store.Open(filepath.Join(t.TempDir(), "pelico.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = games.Close() })
	return games, Handler(games)
}

func ask(handler http.Handler, method, path, body string) (int, string) {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(method, path, strings.NewReader(body)))
	return answer.Code, answer.Body.String()
}

func TestHealthNeedsTheSchemaOfTheProgram(t *testing.T) {
	games, handler := open(t)
	if code, body := ask(handler, "GET", "/health", ""); code != http.StatusServiceUnavailable {
		t.Errorf("without a schema: %d %s", code, body)
	}
	if err := games.Up(context.Background()); err != nil {
		t.Fatal(err)
	}
	if code, body := ask(handler, "GET", "/health", ""); code != http.StatusOK || !strings.Contains(body, `"schema":2`) {
		t.Errorf("with it: %d %s", code, body)
	}
}

func TestAGameIsAddedOnce(t *testing.T) {
	games, handler := open(t)
	if err := games.Up(context.Background()); err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int{`{"title": " "}`: 400, `no JSON`: 400} {
		if code, _ := ask(handler, "POST", "/api/v1/games", body); code != want {
			t.Errorf("%s: %d, wanted %d", body, code, want)
		}
	}
	for _, want := range []int{http.StatusCreated, http.StatusConflict} {
		if code, body := ask(handler, "POST", "/api/v1/games", `{"title": "Outer Wilds"}`); code != want {
			t.Errorf("%d %s, wanted %d", code, body, want)
		}
	}
	var all []store.Game
	if _, body := ask(handler, "GET", "/api/v1/games", ""); json.Unmarshal([]byte(body), &all) != nil || len(all) != 1 || all[0].Platform != "PC" {
		t.Errorf("%+v", all)
	}
}

func TestTheDataOutlivesTheWayBackToAnOlderSchema(t *testing.T) {
	games, handler := open(t)
	ctx := context.Background()
	if err := games.Up(ctx); err != nil {
		t.Fatal(err)
	}
	ask(handler, "POST", "/api/v1/games", `{"title": "Celeste", "platform": "Switch"}`)
	if err := games.DownTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if err := games.Up(ctx); err != nil {
		t.Fatal(err)
	}
	if all, err := games.All(ctx); err != nil || len(all) != 1 || all[0].Title != "Celeste" {
		t.Errorf("%+v %v", all, err)
	}
}

func TestTheVersionIsWhatTheBuildSays(t *testing.T) {
	_, handler := open(t)
	if _, body := ask(handler, "GET", "/api/v1/version", ""); !strings.Contains(body, `"version":"`+version.Version+`"`) {
		t.Error(body)
	}
}
