package main

import (
	"os"
	"strings"
)

// seen remembers, over many runs of this program, what was found of a state of the host: a key and a text a line.
type seen struct {
	path  string
	known map[string]string
}

func readSeen(path string) seen {
	found := seen{path: path, known: map[string]string{}}
	for _, line := range strings.Split(textOf(path), "\n") {
		if key, text, ok := strings.Cut(line, "\t"); ok {
			found.known[key] = text
		}
	}
	return found
}

func (s seen) of(key string) string { return s.known[key] }

func (s seen) has(key string) bool { return s.known[key] != "" }

func (s seen) add(key string) { s.put(key, "well") }

func (s seen) put(key, text string) {
	if s.has(key) {
		return
	}
	s.known[key] = text
	file, err := os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	if _, err := file.WriteString(key + "\t" + text + "\n"); err != nil {
		panic(err)
	}
}
