package main

import (
	"net"
	"os"
	"strings"
	"time"
)

// awaitHealth makes the calls of a deployment countable: a service is asked for its health again and again, and how often
// depends on the moment. So the first request is held back until it would be answered well, or has no prospect of that.
func awaitHealth() {
	address := ""
	for index, word := range os.Args {
		if word == "--next" && index > 0 {
			address = os.Args[index-1]
		}
	}
	host, path, found := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	if !found {
		return
	}
	for began := time.Now(); time.Since(began) < 1500*time.Millisecond && !isHealthy(host, path); {
		time.Sleep(10 * time.Millisecond)
	}
}

func isHealthy(host, path string) bool {
	connection, err := net.DialTimeout("tcp", host, 200*time.Millisecond)
	if err != nil {
		return false
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(time.Second))
	if _, err := connection.Write([]byte("GET /" + path + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n")); err != nil {
		return false
	}
	status := make([]byte, len("HTTP/1.0 200"))
	count, _ := connection.Read(status)
	return count > 9 && status[9] == '2'
}
