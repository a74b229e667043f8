package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func start(t *testing.T, behaviour string) (*application, *httptest.Server) {
	t.Helper()
	behaves, err := parseBehaviours(behaviour)
	if err != nil {
		t.Fatal(err)
	}
	app := newApplication("1.2.3", behaves)
	server := httptest.NewServer(app.routes())
	t.Cleanup(server.Close)
	return app, server
}

func TestBehavioursAreRefusedUnlessKnown(t *testing.T) {
	for text, valid := range map[string]bool{
		"": true, "ok": true, "slow-start:2.5": true, "unhealthy,ignore-sigterm": true,
		"slow-start": false, "slow-start:x": false, "exit:1": false, "nonsense": false, "ok,": false,
	} {
		if _, err := parseBehaviours(text); (err == nil) != valid {
			t.Errorf("%q: valid %v, error %v", text, valid, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Setenv("SHOP_TEST", "abc")
	const fingerprintOfABC = `{"length":3,"set":true,"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}`
	for _, expected := range []struct {
		behaviour, path string
		status          int
		body            string
	}{
		{"ok", "/", 200, "shop 1.2.3"},
		{"ok", "/health", 200, "ok"},
		{"unhealthy", "/health", 503, "unhealthy, as asked"},
		{"ok", "/api/v1/version", 200, `{"version":"1.2.3"}`},
		{"wrong-version", "/api/v1/version", 200, `{"version":"2.9.9"}`},
		{"ok", "/checkout", 200, "checkout 1.2.3"},
		{"smoke-fails", "/checkout", 500, "checkout is broken, as asked"},
		{"ok", "/slow?seconds=0.01", 200, "done 1.2.3"},
		{"ok", "/slow?seconds=x", 400, `seconds="x" is not a number of 0 to 1e12`},
		{"ok", "/env?name=SHOP_TEST", 200, fingerprintOfABC},
		{"ok", "/file?path=/run/secrets/../../etc/passwd", 403, "only files below /run/secrets/"},
		{"ok", "/visits", 503, "no database: neither DATABASE_URL nor DATABASE_HOST is set"},
		{"ok", "/redis", 503, "no redis: REDIS_URL is not set"},
		{"ok", "/elsewhere", 404, "404 page not found"},
	} {
		_, server := start(t, expected.behaviour)
		response, err := http.Get(server.URL + expected.path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		if text := strings.TrimSpace(string(body)); response.StatusCode != expected.status || text != expected.body {
			t.Errorf("%s with %s: %d %q", expected.path, expected.behaviour, response.StatusCode, text)
		}
	}
}

func TestDownloadSendsExactlyTheAskedBytesOverTheAskedTime(t *testing.T) {
	_, server := start(t, "ok")
	begun := time.Now()
	response, err := http.Get(server.URL + "/download?bytes=10007&seconds=0.2")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	if len(body) != 10007 || response.ContentLength != 10007 || time.Since(begun) < 200*time.Millisecond {
		t.Errorf("%d bytes of %d in %s", len(body), response.ContentLength, time.Since(begun))
	}
}

func TestSocketEchoesAndIsToldAboutTheShutdown(t *testing.T) {
	app, server := start(t, "ok")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	socket, _, err := websocket.Dial(ctx, server.URL+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.CloseNow()
	socket.Write(ctx, websocket.MessageText, []byte("hello"))
	if _, message, err := socket.Read(ctx); err != nil || string(message) != "hello" {
		t.Fatalf("%q, %v", message, err)
	}
	app.closeSockets()
	if _, _, err := socket.Read(ctx); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("ended with %v", err)
	}
	app.waitForSockets(ctx)
}
