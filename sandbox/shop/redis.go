package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const redisTimeout = 5 * time.Second

// redis counts visits in the server that REDIS_URL (redis://[[user]:password@]host[:port][/database]) names.
func (app *application) redis(w http.ResponseWriter, _ *http.Request) {
	count, err := increment(setting("REDIS_URL"), "visits")
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	answer(w, map[string]any{"count": count})
}

func increment(address, key string) (int64, error) {
	if address == "" {
		return 0, errors.New("no redis: REDIS_URL is not set")
	}
	server, err := url.Parse(address)
	if err != nil || server.Scheme != "redis" {
		return 0, errors.New("REDIS_URL is not of the form redis://host:port")
	}
	host := server.Host
	if server.Port() == "" {
		host = net.JoinHostPort(server.Hostname(), "6379")
	}
	connection, err := net.DialTimeout("tcp", host, redisTimeout)
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(redisTimeout))
	replies := bufio.NewReader(connection)
	if password, set := server.User.Password(); set {
		words := []string{"AUTH", password}
		if name := server.User.Username(); name != "" {
			words = []string{"AUTH", name, password}
		}
		if _, err := ask(connection, replies, words...); err != nil {
			return 0, err
		}
	}
	if number := strings.Trim(server.Path, "/"); number != "" {
		if _, err := ask(connection, replies, "SELECT", number); err != nil {
			return 0, err
		}
	}
	reply, err := ask(connection, replies, "INCR", key)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(reply, 10, 64)
}

// ask sends one command and reads its one-line answer: "+text", ":number" or "-error".
func ask(connection net.Conn, replies *bufio.Reader, words ...string) (string, error) {
	var request strings.Builder
	fmt.Fprintf(&request, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := connection.Write([]byte(request.String())); err != nil {
		return "", err
	}
	line, err := replies.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	switch {
	case strings.HasPrefix(line, "-"):
		return "", fmt.Errorf("redis: %s", line[1:])
	case strings.HasPrefix(line, "+"), strings.HasPrefix(line, ":"):
		return line[1:], nil
	}
	return "", fmt.Errorf("redis: unexpected answer %q", line)
}
