// Shop is the sandbox's sample application: small, and able to fail in every way a deployment must survive.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const drainLimit = 30 * time.Second

// address is where it listens: PORT, or 8000.
func address() string {
	if port := os.Getenv("PORT"); port != "" {
		return ":" + port
	}
	return ":8000"
}

func main() {
	behaviours, err := parseBehaviours(os.Getenv("APP_BEHAVIOUR"))
	if err != nil {
		fail("%v", err)
	}
	version := os.Getenv("APP_VERSION")
	if version == "" {
		version = "0.0.0"
	}
	command := "serve"
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	switch command {
	case "serve":
		err = serve(version, behaviours)
	case "healthcheck":
		err = healthcheck()
	case "migrate":
		err = migrate(version, behaviours)
	default:
		err = fmt.Errorf("%q is not a command; use serve, healthcheck or migrate", command)
	}
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "fatal: "+format+"\n", values...)
	os.Exit(1)
}

// serve answers requests until SIGTERM or SIGINT, then finishes those in flight.
func serve(version string, behaves behaviours) error {
	if behaves.has("exit") {
		return errors.New("cannot read configuration")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if behaves.has("ignore-sigterm") {
		signal.Reset(syscall.SIGTERM)
		signal.Ignore(syscall.SIGTERM)
	}
	if behaves.has("slow-start") {
		select {
		case <-time.After(behaves["slow-start"]):
		case <-ctx.Done():
			return nil
		}
	}

	app := newApplication(version, behaves)
	server := &http.Server{Handler: app.routes(), ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(app.closeSockets)
	listener, err := net.Listen("tcp", address())
	if err != nil {
		return err
	}
	fmt.Printf("shop %s listens on %s\n", version, address())
	if behaves.has("dies-after") {
		time.AfterFunc(behaves["dies-after"], func() { fail("dies after %s, as asked", behaves["dies-after"]) })
	}

	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	fmt.Printf("shop %s stops: finishing requests in flight\n", version)
	limited, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if err := server.Shutdown(limited); err != nil {
		fmt.Fprintf(os.Stderr, "requests cut off after %s: %v\n", drainLimit, err)
	}
	app.waitForSockets(limited)
	fmt.Printf("shop %s stopped\n", version)
	return nil
}

func healthcheck() error {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get("http://127.0.0.1" + address() + "/health")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("/health answers %s", response.Status)
	}
	return nil
}
