package main

import (
	"context"
	"net/http"

	"github.com/coder/websocket"
)

// echo sends every message of a WebSocket back. At shutdown the client is told "going away".
func (app *application) echo(w http.ResponseWriter, r *http.Request) {
	app.sockets.Add(1)
	defer app.sockets.Done()
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer socket.CloseNow()
	done := make(chan struct{})
	defer close(done)
	app.sockets.Add(1)
	go func() {
		defer app.sockets.Done()
		select {
		case <-app.stopping.Done():
			socket.Close(websocket.StatusGoingAway, "shutting down")
		case <-done:
		}
	}()
	for {
		kind, message, err := socket.Read(context.Background())
		if err != nil || socket.Write(context.Background(), kind, message) != nil {
			return
		}
	}
}

func (app *application) closeSockets() { app.stop() }

func (app *application) waitForSockets(limit context.Context) {
	closed := make(chan struct{})
	go func() {
		app.sockets.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-limit.Done():
	}
}
